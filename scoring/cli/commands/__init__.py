"""One module per verb; each takes the parsed options and the console and returns an exit code."""
