"""The template of figures: its sheet and columns by name, and what a cell of it is refused for. Pure."""

SHEET = "Figures"
MEASURE, PERIOD, PART, NOTE = "measure", "period", "part: ", "note"
FIGURES = ("value", "numerator", "denominator")
HELP = ("name", "unit", "period before", "on record")
"""What the template tells and nobody reads."""
LONGEST = {NOTE: 1_000} | dict.fromkeys(FIGURES, 60)
"""Characters that a column takes."""
TOO_LONG = "It is longer than {} characters; shorten it."
COUNTED = "A count has a value alone; leave this empty."
IS_A_DATE = "The cell is a date ({}); format it as a number and give the figure again."
