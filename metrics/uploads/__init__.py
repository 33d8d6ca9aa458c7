"""Large files of figures: read by a process of their own, staged, compared with what is on record, stored whole."""
