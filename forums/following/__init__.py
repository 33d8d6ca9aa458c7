"""How those who follow a meeting are told what changed, the moment it does."""
