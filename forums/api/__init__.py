"""The REST edge of what is decided, and of what shows decisions beside figures."""
