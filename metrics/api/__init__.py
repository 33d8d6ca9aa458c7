"""The REST edge of what is measured: turns bytes into rows and leaves; the rules live behind it."""
