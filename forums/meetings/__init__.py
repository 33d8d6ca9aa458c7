"""A meeting: when it is, who is in the room, its one screen, what the room is asked, and what is late after it."""
