"""Bringing the measurement dictionary in from sheets: measures with their definitions, links, dimensions.

All or nothing, and the same sheets again change nothing. What the sheets say is read by `sheets`, what would change is
found by `plan`, and written by `import_dictionary`.
"""

from metrics.dictionary_import.dimensions import declare_dimensions, dimensions_in
from metrics.dictionary_import.importing import Changes, ImportRefused, import_dictionary
from metrics.dictionary_import.sheets import SheetError

__all__ = ["Changes", "ImportRefused", "SheetError", "declare_dimensions", "dimensions_in", "import_dictionary"]
