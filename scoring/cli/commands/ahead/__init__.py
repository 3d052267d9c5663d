"""Verbs that look ahead: what may still come, what to do next, what would be if."""
