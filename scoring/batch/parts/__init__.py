"""One ledger, one task, one file: what is taken from each ledger alone, and kept for next time."""
