"""Criteria sets: decisions as data, read, checked, compared and exported."""
