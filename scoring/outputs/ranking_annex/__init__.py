"""The annex of a decision on ranks: its content, as Word and as a workbook."""
