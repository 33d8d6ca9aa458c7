"""The executives' read model: what is reconciled, and how its page words it."""
