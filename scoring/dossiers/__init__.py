"""From the event log of a one-stop system to the counts that a criteria set needs.

`log_reading` takes one file in (events by month, findings), `month_counts` counts one partition,
`counted_logs` brings partitions together, `dossier_figures` writes the long table that scoring
takes. DuckDB (extra ``events``) does the reading and counting.
"""
