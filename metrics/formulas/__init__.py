"""Formulas over other measures: read by a small grammar of our own, checked for units, computed exactly. Pure.

    formula  = term, { ("+" | "-"), term }
    term     = factor, { ("*" | "/"), factor }
    factor   = number | measure | "(", formula, ")" | "share", "(", formula, ",", formula, ")"

A measure stands by its code; one with signs other than letters, digits, dots and underscores in double quotes.
`share(a, b)` is a / (a + b).
"""

from metrics.formulas.computing import Figure, compute, why_not
from metrics.formulas.grammar import Formula, FormulaError, Number, Operation, Reference, read_formula
from metrics.formulas.units import Dimension, dimension_of, units_of

__all__ = [
    "Dimension",
    "Figure",
    "Formula",
    "FormulaError",
    "Number",
    "Operation",
    "Reference",
    "compute",
    "dimension_of",
    "read_formula",
    "units_of",
    "why_not",
]
