"""A slide for the wall or a projector: headline, areas, largest losses, next steps."""

from scoring.outputs.onepage.summary import onepage_figure, onepage_png

__all__ = ["onepage_figure", "onepage_png"]
