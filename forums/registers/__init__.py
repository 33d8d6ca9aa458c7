"""What was decided and undertaken, and what became of it."""
