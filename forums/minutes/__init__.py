"""What a meeting leaves: minutes, their amendments and seal."""
