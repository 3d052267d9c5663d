"""Files at arm's length: safe paths, atomic writes, pre-flight, workbooks and tables."""
