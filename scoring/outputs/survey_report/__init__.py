"""The report of a survey, for all units or one of them: page, Word document and charts."""
