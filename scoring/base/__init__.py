"""The ground floor: errors, findings, labels, numbers, dates, rounding and table schemas."""
