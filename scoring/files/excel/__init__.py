"""Workbooks: looked through before they are opened, read, and written."""
