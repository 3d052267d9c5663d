"""Charts of what may be: chances, what drives them, what points cost, scenarios."""
