"""Charts of surveys (SIPAS)."""
