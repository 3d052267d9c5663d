"""One page for a slide or the wall: headline, areas, largest losses, next steps."""

from scoring.outputs.onepage.summary import onepage_figure, onepage_pdf, onepage_png

__all__ = ["onepage_figure", "onepage_pdf", "onepage_png"]
