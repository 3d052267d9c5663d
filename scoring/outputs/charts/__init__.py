"""Charts as one family: functions that take tables and return a figure.

Every function takes a `ChartContext` as `context` (language, source, names, status of the set) and
returns a `ChartFigure` of the width of an A4 page. `unit_code`, where a chart takes it, is the code
of a unit or the `UnitKey` of one of its periods. `alt_text` says it in words; `figure_data` gives the
table beside it. A module of this folder or one below names its charts in ``CHARTS``; that is all it takes to be
offered by `scoring.charts`. Who draws one chart imports it from its own module, and no other is loaded.
"""
