"""What leaves the house: the board's pack before a meeting, the evidence pack after it."""
