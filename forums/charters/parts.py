"""The parts of the charter editor that are more than one field a term: cadence, ladder, standing seats, rights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms

from forums.charters.recurrence import LAST, MONTHS, WEEKDAYS, WEEKS, WORKING, Recurrence, ordinal
from forums.charters.terms import Seat, Step, Terms
from forums.models import Ballot, Cell, Charter, DecisionRule, DecisionType, Over, StandingSeat, Way
from forums.models.ladder import HIGHER
from forums.models.right import ACCOUNTABLE_OVER
from truthgov.forms import DateInput
from truthgov.models import Role, Scope

RUNGS = 3
ZONES = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
)
WAYS = {
    "chair": (Way(), "the decider decides"),
    "consent": (Way(DecisionRule.CONSENT), "consent; objections block"),
    "overruled": (Way(DecisionRule.CONSENT, may_overrule=True), "consent; may be overruled"),
    "majority": (Way(DecisionRule.MAJORITY), "majority, open vote"),
    "secret": (Way(DecisionRule.MAJORITY, Ballot.SECRET), "majority, secret vote"),
}
"""The ways of deciding as the editor offers them."""


class CadenceFields(forms.Form):
    """How often it meets, at what hour, and what happens on a day without meetings."""

    recurs_every = forms.TypedChoiceField(
        label="Meets every", coerce=int, choices=[(number, str(number)) for number in range(1, 7)]
    )
    recurs_unit = forms.ChoiceField(label="Weeks or months", choices=[(WEEKS, "weeks"), (MONTHS, "months")])
    recurs_nth = forms.TypedChoiceField(
        label="Of the month, the", coerce=int, required=False, empty_value="1",
        choices=[*((number, ordinal(number)) for number in range(1, 21)), (LAST, "last")],
        help_text="Asked of months only: the 10th working day, the 2nd Tuesday, the last Friday.",
    )  # fmt: skip
    recurs_day = forms.ChoiceField(label="Day", choices=[(WORKING, "Working day"), *WEEKDAYS.items()])
    counted_from = forms.DateField(
        label="Counted from",
        widget=DateInput,
        help_text="Every other week or month is counted from the one of this day.",
    )
    meets_at = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    zone = forms.ChoiceField(
        label="In the zone of", required=False,
        choices=[("", "The organisation"), *((zone, zone.replace("_", " ")) for zone in ZONES)],
    )  # fmt: skip
    on_day_off = forms.ChoiceField(label="On a day without meetings it meets", choices=Charter.OnDayOff.choices)

    CADENCE = ("recurs_every", "recurs_unit", "recurs_nth", "recurs_day", "counted_from", "meets_at", "zone",
               "on_day_off")  # fmt: skip

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        rule = Recurrence.parse(terms.recurrence)
        return {"recurs_every": rule.every, "recurs_unit": rule.unit, "recurs_nth": rule.nth, "recurs_day": rule.day}

    @property
    def cadence_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CADENCE]

    def clean_recurs_day(self) -> str:
        day: str = self.cleaned_data["recurs_day"]
        if day == WORKING and self.cleaned_data.get("recurs_unit") == WEEKS:
            raise forms.ValidationError("Of a week, choose a day; working days are counted in months.")
        return day

    def cadence(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        unit, every, day, nth = (chosen[f"recurs_{part}"] for part in ("unit", "every", "day", "nth"))
        rule = Recurrence(unit, every, day, int(nth))
        return {"recurrence": rule.rule} | {name: chosen[name] for name in self.CADENCE if "recurs" not in name}


def _rung(number: int) -> dict[str, forms.Field]:
    nobody = [("", "nobody further")] if number > 1 else []
    return {
        f"to_role_{number}": forms.ChoiceField(
            label=f"Rung {number}, to the", required=number == 1,
            choices=[*nobody, *((role, role.label.capitalize()) for role in HIGHER)],
        ),
        f"after_days_{number}": forms.IntegerField(
            label=f"Rung {number}, after days", required=number == 1, min_value=1, max_value=90
        ),
    }  # fmt: skip


class LadderFields(forms.Form):
    """To whom what is late climbs, and after how many days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, RUNGS + 1):
            self.fields |= _rung(number)

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        rungs = enumerate(terms.ladder, start=1)
        return {f"{name}_{number}": value for number, step in rungs for name, value in step._asdict().items()}

    @property
    def rungs(self) -> list[list[forms.BoundField]]:
        return [[self[f"to_role_{number}"], self[f"after_days_{number}"]] for number in range(1, RUNGS + 1)]

    def ladder(self) -> tuple[Step, ...]:
        chosen = self.cleaned_data
        named = [(chosen[f"to_role_{number}"], chosen[f"after_days_{number}"]) for number in range(1, RUNGS + 1)]
        return tuple(Step(role, days or 1) for role, days in named if role)


class SeatsFields(forms.Form):
    """The standing members: a seat for each domain, taken by who answers for a function or a journey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", "no seat"), *_offices()]
        for domain in StandingSeat.Domain:
            self.fields[f"seat_{domain}"] = forms.ChoiceField(
                label=domain.label.capitalize(), choices=offered, required=False
            )

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        return {f"seat_{seat.domain}": f"{seat.role}-{seat.scope.pk}" for seat in terms.seats}

    @property
    def seat_fields(self) -> list[forms.BoundField]:
        return [self[f"seat_{domain}"] for domain in StandingSeat.Domain]

    def seats(self) -> tuple[Seat, ...]:
        taken = {domain: self.cleaned_data[f"seat_{domain}"] for domain in StandingSeat.Domain}
        named = {domain: office.split("-") for domain, office in taken.items() if office}
        scopes = Scope.objects.in_bulk([int(scope) for _, scope in named.values()])
        return tuple(Seat(str(domain), role, scopes[int(scope)]) for domain, (role, scope) in named.items())


def _offices() -> Iterator[tuple[str, str]]:
    """Who can take a standing seat: the accountable role of each function and journey."""
    for kind, role in ((Scope.Kind.FUNCTION, Role.FUNCTION_LEAD), (Scope.Kind.JOURNEY, Role.JOURNEY_OWNER)):
        for scope in Scope.objects.filter(kind=kind).order_by("name"):
            yield f"{role}-{scope.pk}", f"{role.label.capitalize()}, {scope}"


@dataclass(frozen=True)
class RightRow:
    """A type of decision in the editor: who decides over what, how, and why a cell is left open."""

    label: str
    deciders: list[forms.BoundField]
    way: forms.BoundField
    reason: forms.BoundField


class RightsFields(forms.Form):
    """The forum's part of the matrix of decision rights."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in DecisionType:
            for over in Over:
                deciders = [("", "–"), *((role, role.label.capitalize()) for role in ACCOUNTABLE_OVER[over])]
                self.fields[f"right_{kind}_{over}"] = forms.ChoiceField(
                    label=f"{kind.label.capitalize()} over {over.label}, decided by", choices=deciders, required=False
                )
            self.fields[f"way_{kind}"] = forms.ChoiceField(
                label=f"{kind.label.capitalize()}, how", required=False,
                choices=[(code, words) for code, (_, words) in WAYS.items()],
            )  # fmt: skip
            self.fields[f"open_{kind}"] = forms.CharField(
                label=f"{kind.label.capitalize()}, why it is left open", required=False, max_length=400,
                widget=forms.TextInput(attrs={"placeholder": "Left open, because …"}),
            )  # fmt: skip

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        codes = {way: code for code, (way, _) in WAYS.items()}
        return (
            {f"right_{cell.decision_type}_{cell.scope_kind}": role for cell, role in terms.rights.items()}
            | {f"way_{kind}": codes[way] for kind, way in terms.ways.items()}
            | {f"open_{cell.decision_type}": reason for cell, reason in terms.left_open.items()}
        )

    @property
    def right_rows(self) -> list[RightRow]:
        return [
            RightRow(
                kind.label.capitalize(), [self[f"right_{kind}_{over}"] for over in Over], self[f"way_{kind}"],
                self[f"open_{kind}"],
            )
            for kind in DecisionType
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if not any(value for name, value in self.cleaned_data.items() if name.startswith("right_")):
            self.add_error(None, "A forum that may decide nothing needs no charter: grant it a right.")
        return self.cleaned_data

    def rights(self) -> dict[Cell, str]:
        named = {cell: self.cleaned_data[f"right_{cell.decision_type}_{cell.scope_kind}"] for cell in _cells()}
        return {cell: role for cell, role in named.items() if role}

    def ways(self) -> dict[str, Way]:
        kinds = {cell.decision_type for cell in self.rights()}
        named = {kind: WAYS[self.cleaned_data[f"way_{kind}"] or "chair"][0] for kind in kinds}
        return {kind: way for kind, way in named.items() if way != Way()}

    def left_open(self) -> dict[Cell, str]:
        granted = self.rights()
        reasons = {cell: self.cleaned_data[f"open_{cell.decision_type}"].strip() for cell in _cells()}
        return {cell: reason for cell, reason in reasons.items() if reason and cell not in granted}


def _cells() -> list[Cell]:
    return [Cell(str(kind), str(over)) for kind in DecisionType for over in Over]
