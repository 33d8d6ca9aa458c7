"""How findings and suppressions are told: in sentences, with the figures in them. Pure."""
