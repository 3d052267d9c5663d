"""Verbs of criteria sets, and the form that is made from one."""
