"""Bringing the measurement dictionary in from files: measures with their definitions, links, dimensions, conditions.

All or nothing, and the same file again changes nothing. What a file says is read by `metrics.dictionary_files` into a
document, what it would change is found by `plan_import`, and written by `import_dictionary`.
"""

from metrics.dictionary_import.dimensions import declare_dimensions, dimensions_in
from metrics.dictionary_import.importing import ImportRefused, import_dictionary
from metrics.dictionary_import.plan import Change, Plan
from metrics.dictionary_import.planning import plan_import

__all__ = [
    "Change", "ImportRefused", "Plan", "declare_dimensions", "dimensions_in", "import_dictionary", "plan_import",
]  # fmt: skip
