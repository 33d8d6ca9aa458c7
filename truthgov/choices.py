"""Choices that a page shows whole: read in one trip, and rendered once while they are the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape

SELECT = "django/forms/widgets/select.html"
FEW = 200
"""A list of more choices is rendered each time: it would take the place of many others."""


class WholeChoices(ModelChoiceIterator):
    """Reads all rows at once; a cursor on the server, which Django takes, costs three trips more a list."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        for each in self.queryset:
            yield self.choice(each)


class ListedField(forms.ModelChoiceField):
    """A choice among records of a list so short that a page shows it whole."""

    iterator = WholeChoices


class FormRenderer(DjangoTemplates):
    """Django's own, save that a choice which reads like one before is not rendered anew: filters hardly change."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name != SELECT or sum(len(options) for _, options, _ in widget["optgroups"]) > FEW:
            return super().render(template_name, context, request)
        return _rendered(Choice(_reading(widget), widget))


@dataclass(frozen=True, slots=True)
class Choice:
    """A widget to be rendered; two that read alike are the same one."""

    reading: tuple[Any, ...]
    widget: dict[str, Any] = field(compare=False)


DJANGO = DjangoTemplates()


@lru_cache(maxsize=256)
def _rendered(choice: Choice) -> str:
    return DJANGO.render(SELECT, {"widget": choice.widget})


def _reading(widget: dict[str, Any]) -> tuple[Any, ...]:
    """Everything that shows of a choice, escaped, so that what is safe as it stands is told apart."""
    groups = tuple((conditional_escape(group or ""), tuple(map(_option, options)))
                   for group, options, _ in widget["optgroups"])  # fmt: skip
    return widget["name"], repr(widget["attrs"]), groups


def _option(option: dict[str, Any]) -> tuple[str, ...]:
    shown = conditional_escape(option["value"]), conditional_escape(option["label"])
    return *shown, repr(option["attrs"]), option["template_name"]
