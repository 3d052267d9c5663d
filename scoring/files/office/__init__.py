"""One reader for every file that holds text or tables: each format is one module here.

Whatever is wrong with a file comes back as a finding beside whatever text could be had. A format
is added by a module with its reader and an entry in `formats.FORMATS`.
"""
