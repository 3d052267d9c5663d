"""The form that a unit fills in: one HTML file with the rules of a set, opened without any program.

`form_page` makes it, `form_data` says what it knows; ``app`` holds what runs in the browser.
"""
