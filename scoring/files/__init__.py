"""Files touched safely: paths, atomic writes, packages checked before reading, grids, tables."""
