"""Thousands of ledgers in one run."""
