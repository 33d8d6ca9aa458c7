"""How long what people write may be. Pure."""

LONGEST_TEXT = 4_000
"""Characters of what somebody writes for others to read: a reason, a claim, a wording."""
