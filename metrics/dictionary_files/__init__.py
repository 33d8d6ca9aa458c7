"""The files that a dictionary comes in and goes out as, read into one document and written from it. No database.

Our own forms hold all of it: a zip of CSV tables, a workbook, one YAML file; two sheets hold its current terms.
"""

from metrics.dictionary_files.document import Document, Entry, Problem
from metrics.dictionary_files.sheets import from_sheets

__all__ = ["Document", "Entry", "Problem", "from_sheets"]
