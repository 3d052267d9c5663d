"""Writing the sheets of a ledger: entries, live points, what follows from them, and how they look."""
