"""The board pack: an agenda with the papers of its items, as a document that is the same for the same record."""
