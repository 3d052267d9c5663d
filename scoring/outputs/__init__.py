"""What a run makes: tables, charts, workbooks, pages and their manifest."""
