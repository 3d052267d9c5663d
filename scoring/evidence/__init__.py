"""Ledgers and documents of units: blank workbooks, safe intake, verification."""
