"""Figures given anew, and everything that relied on them."""
