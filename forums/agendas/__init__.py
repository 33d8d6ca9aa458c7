"""What a meeting is to take up: drafted from what stands, added to by hand, arranged, published."""
