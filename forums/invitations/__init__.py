"""Who is asked to a meeting, when and where, what they answer, and the calendar that their own reads."""
