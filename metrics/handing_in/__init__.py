"""How people hand figures in: what is due, typed, previewed, confirmed and attested."""
