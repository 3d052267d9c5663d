"""Self-contained web pages: the report of a unit and the league table of many."""

from scoring.outputs.page.render import league_page, report_page

__all__ = ["league_page", "report_page"]
