"""The measurement dictionary as it is kept: versions proposed, reviewed, approved, derived."""
