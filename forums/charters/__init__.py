"""What a forum may do: its charters, their terms, its calendar, the matrix of decision rights."""
