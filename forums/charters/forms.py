"""Founding a forum and proposing its rules. Cadence, rights and ladder are in `parts`."""

from typing import Any

from django import forms

from forums.charters.parts import CadenceFields, LadderFields, RightsFields, SeatsFields
from forums.charters.terms import CLAUSES, Terms
from forums.models import Charter, Forum
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.forms import DateInput
from truthgov.models import Role, Scope

SEATS = [
    (role, role.label.capitalize())
    for role in (Role.TRUTH_OWNER, Role.EXECUTIVE, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
]
CHAIRS = [(role, role.label.capitalize()) for role in (Role.TRUTH_OWNER, Role.SPONSOR)]
NOT_CODES = ("new", "rights", "days-without-meetings")
"""They would hide a forum's page behind another's."""
AT = {"recurrence": "recurs_nth", "ladder": "to_role_1", "rights": "governs"}
"""Where the editor tells what is wrong with a term that has no field of its own name."""


class FoundingForm(forms.ModelForm):
    kind = forms.ChoiceField(
        choices=[("", "Choose a kind"), *((kind, kind.label.capitalize()) for kind in Forum.Kind)],
        help_text="Its preset is what you start its rules from.",
    )

    class Meta:
        model = Forum
        fields = ["name", "code", "kind"]
        help_texts = {"code": "Short, in the address of its pages: steering."}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in NOT_CODES:
            raise forms.ValidationError("This word stands in other addresses already; choose another.")
        return code


class DayOffForm(forms.Form):
    """A day on which no forum meets."""

    day = forms.DateField(widget=DateInput)
    name = forms.CharField(max_length=100, help_text="Christmas Eve, the company's outing.")


class GovernedScope(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"The {obj.get_kind_display()} {obj}"


class CharterForm(CadenceFields, LadderFields, SeatsFields, RightsFields, forms.Form):
    """The rules of a forum; a right is granted by naming the role that decides."""

    starts_on = forms.DateField(label="Holds from", widget=DateInput)
    purpose = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))
    governs = GovernedScope(
        Scope.objects.filter(kind__in=[Scope.Kind.FUNCTION, Scope.Kind.JOURNEY]).order_by("kind", "name"),
        label="Decides on matters of", required=False, empty_label="The whole organisation",
    )  # fmt: skip
    quorum = forms.IntegerField(min_value=2, max_value=100, help_text="Members present, less those recused.")
    chair_role = forms.ChoiceField(label="Chaired by", choices=CHAIRS)
    member_roles = forms.MultipleChoiceField(
        label="Members by role", choices=SEATS, widget=forms.CheckboxSelectMultiple,
        help_text="Besides them, whoever is appointed forum member of this forum. Its secretary is appointed as well.",
    )  # fmt: skip
    allows_remote = forms.BooleanField(
        label="Who joins from elsewhere is present", required=False, help_text="They count for the quorum, and decide."
    )
    allows_delegates = forms.BooleanField(
        label="A member may name a delegate for one meeting", required=False,
        help_text="The delegate counts in the member's stead.",
    )  # fmt: skip
    trust_needed = forms.IntegerField(
        label="Trust that decisions demand, in %", min_value=0, max_value=100, initial=0, required=False,
        help_text="Of every figure a decision leans on, no less than target conditions do; 0 leaves it to them.",
    )  # fmt: skip

    FIRST = ("starts_on", "purpose", "governs", "trust_needed")
    ROOM = ("chair_role", "member_roles", "quorum", "allows_remote", "allows_delegates")

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(terms), **kwargs)
        chairs = {role for role, _ in CHAIRS}
        if terms.chair_role not in chairs:  # an older version may name another
            self.fields["chair_role"].choices = [*CHAIRS, (terms.chair_role, Role(terms.chair_role).label.capitalize())]  # type: ignore[attr-defined]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def room_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ROOM]

    def terms(self) -> Terms:
        """The rules as written; only of a valid form."""
        chosen = self.cleaned_data
        plain = {name: chosen[name] for name in (*self.FIRST, *self.ROOM)}
        plain |= {"member_roles": tuple(chosen["member_roles"]), "trust_needed": chosen["trust_needed"] or 0}
        return Terms(
            **plain, **self.cadence(), rights=self.rights(), ways=self.ways(), left_open=self.left_open(),
            seats=self.seats(), ladder=self.ladder(),
        )  # fmt: skip

    def propose(self, forum: Forum, *, by: Actor) -> Charter | None:
        """Propose what was written; what is wrong with it is told in the form, so that nothing written is lost."""
        try:
            return forum.propose_charter(self.terms(), by=by)
        except InvalidInput as refused:
            for name, sentence in refused.errors.items():
                self.add_error(AT.get(name, name), sentence)
            return None


def _initial(terms: Terms) -> dict[str, Any]:
    own = {name: value for name, value in vars(terms).items() if name not in CLAUSES}
    return (
        own
        | CadenceFields.initial_of(terms)
        | LadderFields.initial_of(terms)
        | SeatsFields.initial_of(terms)
        | RightsFields.initial_of(terms)
    )
