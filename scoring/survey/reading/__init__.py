"""Files of responses: their headings, forms and answers, each problem at its cell."""
