"""A meeting from its invitation to its close: agenda, room, motions, questions, followers."""
