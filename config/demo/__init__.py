"""The demonstration organisation: real hotel figures, invented people, and months of governing them."""
