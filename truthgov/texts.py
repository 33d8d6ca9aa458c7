"""How long what people write may be, and how headings are written. Pure."""

import re

LONGEST_TEXT = 4_000
"""Characters of what somebody writes for others to read: a reason, a claim, a wording."""

CAPITALISED = re.compile(r"(?<=[\w)] )[A-Z](?=[a-z]*\b)|(?<=\w-)[A-Z](?=[a-z]*\b)")


def in_sentence_case(heading: str) -> str:
    """`Two-Factor Authentication` as `Two-factor authentication`; abbreviations, and what begins a sentence, stay."""
    return CAPITALISED.sub(lambda found: found[0].lower(), heading)
