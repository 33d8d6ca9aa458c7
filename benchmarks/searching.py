"""A dictionary of thousands of measures, searched by what people call things."""

import numpy as np
from django.db import transaction

from benchmarks import pages
from benchmarks.declaring import declare_function, declare_journey, declared_people, definition_of
from benchmarks.organisation import Entry
from metrics.models import Definition, Measure

WORDS = ("Bookings", "Claims", "Deliveries", "Invoices", "Leads", "Orders", "Promises", "Refunds", "Stays", "Tickets")
ABOUT = ("kept", "late", "lost", "repeated", "resolved", "settled", "won")
WHERE = ("by phone", "in the north", "in the shop", "of new customers", "on the web")
MEANING = "{name}: counted at the end of each month over all that were open at its beginning, partners left out."
ASKED = ("bookings", "won", "KPI.04321", "refunds late", "shop", "function 3", "beginning of the", "journey 2 kept",
         "zzz", "e")  # fmt: skip
"""Rare and common words, several at once, codes, what a function or a journey is called, what nothing is called."""


def declare(count: int) -> None:
    """So many measures with their definitions; no figures, which another line measures."""
    with transaction.atomic():
        proposer, approver, _ = declared_people()
        functions = [declare_function(number) for number in range(8)]
        journeys = [declare_journey(number) for number in range(12)]
        measures = Measure.objects.bulk_create(
            Measure(code=f"KPI.{number:05}", name=_name(number), kind=Measure.Kind.FUNCTIONAL_KPI,
                    function=functions[number % 8], journey=journeys[number % 12])
            for number in range(count)
        )  # fmt: skip
        definitions = [
            definition_of(measure, Entry(measure.code, "index", True, False, 0, 0, 50.0), proposed_by=proposer,
                          approved_by=approver)
            for measure in measures
        ]  # fmt: skip
        for definition, measure in zip(definitions, measures, strict=True):
            definition.wording = MEANING.format(name=measure.name)
        Definition.objects.bulk_create(definitions)


def milliseconds(reader: pages.Reader, times: int) -> np.ndarray:
    """What each of so many searches took, of every kind in turn."""
    addresses = [f"/dictionary/?q={asked.replace(' ', '+')}" for asked in ASKED]
    for address in addresses:
        reader.get(address)
    return np.array([reader.get(address) for _ in range(times) for address in addresses])


def _name(number: int) -> str:
    word, about = WORDS[number % len(WORDS)], ABOUT[number // 10 % len(ABOUT)]
    return f"{word} {about} {WHERE[number // 70 % len(WHERE)]} {number}"
