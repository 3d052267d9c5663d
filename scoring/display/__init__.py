"""How sets and scores look in a notebook; `scoring` says which function shows which class."""
