"""The editor of a feed: one form, its parts under headings; the secret is write-only."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from metrics.models import Feed, Source
from metrics.sources.mapping import FIELDS, NEEDED
from truthgov.errors import InvalidInput
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

BRINGS = (
    "Whose figures it brings. Outcomes that no function supplies come too, where their journey's owner or an "
    "administrator has saved the feed last."
)
EXAMPLE = date(2026, 10, 5)
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
PARTS = {
    "What it brings": ("name", "source", "function", "owner"),
    "Where it stands": ("format", "url", "token", "query", "secret_header", "headers"),
    "How a row is read": ("rows_path", *(f"at_{name}" for name in FIELDS), "lenient"),
    "When an answer has more pages": ("pages", "page_parameter", "page_size", "first_page", "cursor_path"),
    "When it is asked": ("grain", "days_after", "hour"),
}
CODE = {"class": "form-control tg-code", "spellcheck": "false", "autocapitalize": "off"}


class FeedForm(forms.Form):
    """What a feed is connected or corrected with."""

    name = forms.CharField(max_length=200)
    source = forms.ModelChoiceField(Source.objects.handed_in_from(), empty_label="Choose a source")
    function = forms.ModelChoiceField(Function.objects.none(), empty_label="Choose a function", help_text=BRINGS)
    owner = forms.ModelChoiceField(
        Person.objects.active(), label="Who answers for it", empty_label="Choose somebody",
        help_text="A late feed stands on this person's desk until its figures are there.",
    )  # fmt: skip
    format = forms.ChoiceField(label="Read as", choices=Feed.Format.choices)
    url = forms.CharField(
        label="Address", max_length=500, widget=forms.TextInput(CODE),
        help_text="https://host/path, or for SQL postgresql://user@host:port/database or mysql://… {period} stands for "
        "the period asked for, such as 2026-10; {period_start} for its first day, {period_end} for the day after it.",
    )  # fmt: skip
    token = forms.CharField(
        label="Secret", required=False, max_length=4_000, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="The token, or for SQL the password. Kept encrypted and shown to nobody again. Empty: the one there "
        "is; an address at another server needs it anew.",
    )  # fmt: skip
    query = forms.CharField(
        required=False, max_length=20_000, widget=forms.Textarea(CODE | {"rows": 5}),
        help_text="SQL only: one SELECT, read in a transaction that writes nothing. {period}, {period_start} and "
        "{period_end} are bound as values; write them without quotes.",
    )  # fmt: skip
    secret_header = forms.CharField(
        label="Header of the secret", initial="Authorization", max_length=60,
        help_text="HTTP only: in Authorization it is sent as a bearer token, in any other header as it is.",
    )  # fmt: skip
    headers = forms.CharField(
        label="Further headers", required=False, max_length=4_000, widget=forms.Textarea(CODE | {"rows": 2}),
        help_text="HTTP only, a line each: Accept-Version: 2. Everybody may read them.",
    )  # fmt: skip
    rows_path = forms.CharField(
        label="Path of the rows", required=False, max_length=200, widget=forms.TextInput(CODE),
        help_text="JSON only: the JMESPath of their list. Empty: the answer is the list.",
    )  # fmt: skip
    lenient = forms.BooleanField(
        label="Leave faulty rows out", required=False,
        help_text="Otherwise one faulty row refuses the whole, and somebody is asked to look.",
    )  # fmt: skip
    pages = forms.ChoiceField(
        label="The next page is found by",
        required=False,
        choices=[("", "nothing: one page is all"), *Feed.Pages.choices],
    )
    page_parameter = forms.CharField(
        label="Parameter of the page", required=False, max_length=60, widget=forms.TextInput(CODE),
        help_text="Which part of the address asks for the next page: page, offset, cursor.",
    )  # fmt: skip
    page_size = forms.IntegerField(
        label="Rows on a full page",
        required=False,
        min_value=0,
        help_text="A shorter page is the last. Empty: an empty one is.",
    )
    first_page = forms.IntegerField(
        label="Number of the first page", required=False, min_value=0, max_value=1, initial=1
    )
    cursor_path = forms.CharField(
        label="Path of the cursor", required=False, max_length=200, widget=forms.TextInput(CODE),
        help_text="JSON only: the JMESPath of the next cursor.",
    )  # fmt: skip
    grain = forms.ChoiceField(label="After each", choices=[(each.value, each.value) for each in Grain], initial="month")
    days_after = forms.IntegerField(
        label="Days after its end", min_value=0, max_value=60, initial=1,
        help_text="0: on the first day after it. From the day after that it is late.",
    )  # fmt: skip
    hour = forms.TypedChoiceField(
        label="At", coerce=int, choices=HOURS, initial=6, help_text="In the organisation's zone."
    )

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, functions: QuerySet[Function], person: Person, data: Any = None, *, feed: Feed | None = None
    ) -> None:
        super().__init__(data, initial=_described(feed) if feed else {"owner": person.pk})
        self.fields["function"].queryset = functions  # type: ignore[attr-defined]
        for name in FIELDS:
            self.fields[f"at_{name}"] = forms.CharField(
                label=f"Where the {name} stands", required=name in NEEDED, max_length=200, widget=forms.TextInput(CODE)
            )
        self.fields[
            "at_measure"
        ].help_text = (
            "A JMESPath in JSON, a column in CSV and SQL. A text after = is taken as it is: =sales.conversion."
        )
        self.fields["at_period"].help_text = "={period} where the answer does not say it."

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in PARTS.items()]

    def clean_headers(self) -> dict[str, str]:
        """Headers by their names."""
        lines = [line.partition(":") for line in self.cleaned_data["headers"].splitlines() if line.strip()]
        headers = {name.strip(): value.strip() for name, _, value in lines}
        if not all(headers.values()) or len({name.lower() for name in headers}) < len(lines):
            raise forms.ValidationError("Write each header once, on a line of its own: Accept-Version: 2.")
        return headers

    def description(self) -> dict[str, Any]:
        """What a feed is connected or corrected with."""
        mapping = {name: self.cleaned_data[f"at_{name}"] for name in FIELDS if self.cleaned_data[f"at_{name}"]}
        given = {
            name: value for name, value in self.cleaned_data.items() if not name.startswith("at_") and name != "seen"
        }
        given["page_size"] = given["page_size"] or 0
        given["first_page"] = 1 if given["first_page"] is None else given["first_page"]
        return given | {"mapping": mapping}

    def refuse(self, refusal: InvalidInput) -> None:
        """Show what the feed itself refuses at the fields it names."""
        for name, sentence in refusal.errors.items():
            field = name.replace("mapping/", "at_")
            self.add_error(field if field in self.fields else None, f"{sentence[0].upper()}{sentence[1:]}.")
        if not refusal.errors:
            self.add_error(None, str(refusal))


class BackfillForm(forms.Form):
    """A range of periods to ask a feed for, in the short form of its grain."""

    first = forms.CharField(max_length=10)
    last = forms.CharField(max_length=10)

    def __init__(self, grain: Grain, data: Any = None) -> None:
        super().__init__(data)
        self.grain = grain
        example = Period.containing(EXAMPLE, grain).code
        self.fields["first"].label, self.fields["last"].label = f"First {grain.value}", f"Last {grain.value}"
        self.fields["first"].help_text = f"Such as {example}."

    def clean_first(self) -> Period:
        return self._period("first")

    def clean_last(self) -> Period:
        return self._period("last")

    def _period(self, name: str) -> Period:
        try:
            return Period.parse(self.cleaned_data[name].strip(), self.grain)
        except ValueError as error:
            raise forms.ValidationError(f"Write the {self.grain.value} in its short form.") from error


def _described(feed: Feed) -> dict[str, Any]:
    names = ("name", "source", "function", "owner", "format", "url", "query", "secret_header", "rows_path", "lenient",
             "pages", "page_parameter", "first_page", "cursor_path", "grain", "days_after", "hour")  # fmt: skip
    headers = "\n".join(f"{name}: {value}" for name, value in feed.headers.items())
    described = {name: getattr(feed, name) for name in names} | {
        "headers": headers,
        "page_size": feed.page_size or None,
    }
    described["seen"] = feed.digest
    return described | {f"at_{name}": place for name, place in feed.mapping.items()}
