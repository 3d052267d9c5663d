"""Verbs of surveys: ``sipas …``."""
