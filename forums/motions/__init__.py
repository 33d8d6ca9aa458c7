"""What is put to a meeting for decision: in a form, in words, as a record, and what it does once it is decided."""
