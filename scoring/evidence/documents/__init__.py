"""Documents: read them, tell what they are, propose rows of the ledger."""
