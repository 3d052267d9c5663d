"""Criteria, evidence and scores for Vietnam's PAR Index (chỉ số cải cách hành chính)."""

__version__ = "0.1.0"
