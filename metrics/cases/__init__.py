"""Contradictions once they are open: joined with others, split by segment, and as they stood at a moment."""
