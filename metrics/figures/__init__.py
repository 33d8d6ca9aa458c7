"""Figures as they are read: what is known, was known, was restated, rolls up, is computed."""
