"""The organisation: its people, its dictionary, its two journeys."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.text import slugify

from config.demo.moved import DATA
from journeys.models import Handoff, Journey, Stage
from metrics.models import FRESHNESS_DAYS, Definition, Link, Measure, RequiredOutcome, Source, TargetCondition
from tests.factories.metrics import DefinitionFactory, JourneyFactory, LinkFactory, SourceOfRecordFactory
from tests.factories.people import AppointmentFactory, FunctionFactory, OrganisationFactory, PersonFactory
from truthgov import clock
from truthgov.models import Function, Mandate, Person, Role, Scope
from truthgov.periods import Grain

SINCE = date(2015, 1, 1)
SOURCE_CODES = {"Property": "pms", "Reservations": "reservations-ledger", "CRM": "crm", "Channel": "channel-manager"}
STAGES = {
    "Book-to-stay": [
        ("Find and book", "Marketing & Distribution"),
        ("Price and confirm", "Revenue Management"),
        ("Keep the booking", "Reservations"),
        ("Arrive and stay", "Front Office"),
        ("Settle", "Finance"),
    ],
    "Return": [("Remember the stay", "Front Office"), ("Come back", "Marketing & Distribution")],
}
PROMISES = {
    "Find and book": ("bookings that mean to come", "many are cancelled"),
    "Price and confirm": ("confirmed rates", "changed at the desk"),
    "Keep the booking": ("guests with the room they chose", "another room type at arrival"),
    "Arrive and stay": ("nights stayed and paid", "a third of the booked revenue is missing"),
    "Remember the stay": ("guests who want to return", "few are asked"),
}
LEADS = {
    "Marketing & Distribution": "Mira Campos",
    "Revenue Management": "Rui Valente",
    "Group & Contract Sales": "Greta Lund",
    "Reservations": "Rosa Pires",
    "Front Office": "Filipe Nunes",
    "Finance": "Frida Holm",
}


@dataclass(frozen=True)
class Hotel:
    """Who works here and what is measured; leads by function name, owners by journey name, measures by code."""

    truth_owner: Person
    sponsor: Person
    executive: Person
    outsider: Person
    leads: dict[str, Person]
    owners: dict[str, Person]
    journeys: dict[str, Journey]
    measures: dict[str, Measure]
    sources: dict[str, Source]


def found_hotel() -> Hotel:
    """Appoint the people, draw the journeys and enter the dictionary."""
    functions = {name: FunctionFactory(name=name, code=slugify(name)) for name in LEADS}
    journeys = {name: _journey(name, functions) for name in STAGES}
    measures = {row["code"]: _measure(row, functions, journeys) for row in _rows("measures.csv")}
    for row in _rows("links.csv"):
        LinkFactory(
            kind=Link.Kind(row["kind"]), from_measure=measures[row["from_measure"]],
            to_measure=measures[row["to_measure"]], lag_periods=int(row["lag_periods"]),
        )  # fmt: skip
    hotel = Hotel(
        truth_owner=_appointed("Tomas Vidal", Role.TRUTH_OWNER),
        sponsor=_appointed("Sofia Brandt", Role.SPONSOR),
        executive=_appointed("Emil Costa", Role.EXECUTIVE),
        outsider=_person("Olga Reis"),
        leads={name: _appointed(lead, Role.FUNCTION_LEAD, functions[name].scope) for name, lead in LEADS.items()},
        owners={
            "Book-to-stay": _appointed("Julia Moreno", Role.JOURNEY_OWNER, journeys["Book-to-stay"].scope),
            "Return": _appointed("Jonas Alves", Role.JOURNEY_OWNER, journeys["Return"].scope),
        },
        journeys=journeys,
        measures=measures,
        sources={},
    )
    _grant_mandate(hotel)
    _demand(hotel, "Book-to-stay", "HT.JRN.CANCEL", "HT.FO.AS_RESERVED", "HT.FIN.REALISATION")
    _demand(hotel, "Return", "HT.JRN.REPEAT")
    return hotel


def source(hotel: Hotel, name: str) -> Source:
    """The source of this name, registered when it is first met."""
    if name not in hotel.sources:
        hotel.sources[name] = Source.objects.create(code=SOURCE_CODES[name.split(" ")[0]], name=name)
    return hotel.sources[name]


def name_source_of_record(hotel: Hotel, name: str) -> None:
    for measure in hotel.measures.values():
        SourceOfRecordFactory(measure=measure, source=source(hotel, name))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def _person(name: str) -> Person:
    return PersonFactory(name=name, email=f"{name.split()[0].lower()}@hotel.example")


def _appointed(name: str, role: Role, scope: Scope | None = None) -> Person:
    person = _person(name)
    AppointmentFactory(person=person, role=role, scope=scope or OrganisationFactory())
    return person


def _journey(name: str, functions: dict[str, Function]) -> Journey:
    journey = JourneyFactory(name=name, code=slugify(name), customers_per_month=5000, value_per_customer=Decimal(310))
    stages = [
        Stage.objects.create(journey=journey, position=position, name=stage, function=functions[function])
        for position, (stage, function) in enumerate(STAGES[name], start=1)
    ]
    for before, after in pairwise(stages):
        promise, arrival = PROMISES[before.name]
        Handoff.objects.create(journey=journey, from_stage=before, to_stage=after, promise=promise, arrival=arrival)
    return journey


def _measure(row: dict[str, str], functions: dict[str, Function], journeys: dict[str, Journey]) -> Measure:
    measure = Measure.objects.create(
        code=row["code"], name=row["name"], kind=row["role"],
        function=functions.get(row["function"]), journey=journeys.get(row["journey"]),
    )  # fmt: skip
    DefinitionFactory(measure=measure, **_definition(row))
    return measure


def _definition(row: dict[str, str]) -> dict[str, Any]:
    money = len(row["unit"]) == 3 and row["unit"].isupper()
    decimals = 4 if row["unit"] in ("fraction", "ratio") else 2
    return {
        "wording": row["definition"],
        "formula": row["formula"],
        "unit": Definition.Unit.CURRENCY if money else row["unit"],
        "currency": row["unit"] if money else "",
        "direction": row["direction"],
        "grain": row["grain"],
        "decimals": decimals,
        "freshness_days": FRESHNESS_DAYS[Grain(row["grain"])],
        "target": row["target"] or None,
        "red_threshold": row["red_threshold"] or None,
        "min_effect": row["min_effect"] or None,
        "reliable_from": row["reliable_from_den"] or None,
    }


def _grant_mandate(hotel: Hotel) -> None:
    Mandate.objects.create(
        version=1, starts_on=SINCE, text="Challenge any function, escalate and force.", may_challenge=True,
        may_escalate=True, may_force=True, granted_by=hotel.sponsor.appointments.get(), granted_at=clock.now(),
    )  # fmt: skip


def _demand(hotel: Hotel, journey: str, *codes: str) -> None:
    condition = TargetCondition.objects.create(
        journey=hotel.journeys[journey], version=1, starts_on=SINCE, proposed_by=hotel.owners[journey],
        approved_by=hotel.truth_owner, set_at=clock.now(),
    )  # fmt: skip
    for code in codes:
        RequiredOutcome.objects.create(condition=condition, measure=hotel.measures[code])
