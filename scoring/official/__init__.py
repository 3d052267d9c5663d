"""The vocabulary of official Vietnamese, read in one way wherever it stands.

Decisions, plans and documents number their parts, head their tables, name ranges, points, days
and organs in the same words. Each of these is recognised here, once; what it means for a set, a
plan or a ledger is said in the rooms above.
"""
