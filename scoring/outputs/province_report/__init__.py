"""The report of a province: its content, as a page, a workbook, Word and slides."""
