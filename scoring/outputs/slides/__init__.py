"""Slides that people go on editing: native titles, tables, text boxes and charts.

Needs the extra ``slides`` (python-pptx).
"""
