"""Reading the sheets of ledgers: headings, columns and cells, many ledgers at once."""
