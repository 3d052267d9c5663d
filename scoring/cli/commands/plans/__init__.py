"""Verbs of reform plans: ``plan …``, and the plans that other verbs are given."""
