"""Changing single things in a workbook that somebody else made, and keeping all the rest.

Loading and saving a workbook through a library drops whatever the library does not know:
drop-downs of newer kinds, pictures, print set-up. Here single elements of its parts are changed;
what is not understood stays, and a part without a change keeps its bytes.
"""

from scoring.files.excel.xlsx_patch.cell_formats import CellFormats
from scoring.files.excel.xlsx_patch.first_sheet import add_first_sheet
from scoring.files.excel.xlsx_patch.marked_cells import reformat_cells
from scoring.files.excel.xlsx_patch.notes import add_notes
from scoring.files.excel.xlsx_patch.package_parts import PackageParts

__all__ = ["CellFormats", "PackageParts", "add_first_sheet", "add_notes", "reformat_cells"]
