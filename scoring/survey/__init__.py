"""Surveys of satisfaction: indices, estimates and sample sizes."""
