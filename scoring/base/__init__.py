"""The ground floor: errors, findings, labels, numbers, dates and rounding."""
