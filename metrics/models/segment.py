from collections.abc import Mapping
from typing import Self

from django.db import models


class Dimension(models.Model):
    """A declared way of cutting a figure: channel, region, hotel."""

    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DimensionValue(models.Model):
    """A declared value of a dimension; figures that name another one are refused with a suggestion."""

    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="values")
    value = models.CharField(max_length=200)

    class Meta:
        ordering = ["dimension", "value"]
        constraints = [models.UniqueConstraint(fields=["dimension", "value"], name="a_value_is_declared_once")]

    def __str__(self) -> str:
        return self.value


class SegmentQuerySet(models.QuerySet["Segment"]):
    def whole(self) -> "Segment":
        """The segment `{}`: everything."""
        return self.get(key="{}")

    def within(self, segment: "Segment") -> Self:
        """Its parts and itself: all segments that fix at least the same values."""
        return self.filter(values__contains=segment.values)


class Segment(models.Model):
    """A set of dimension values; `key` is its canonical JSON, sorted and without spaces."""

    key = models.CharField(max_length=500, unique=True)
    values = models.JSONField(default=dict)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.word(self.values)

    @staticmethod
    def word(values: Mapping[str, object]) -> str:
        """How a segment that fixes these values is called."""
        return ", ".join(_named(name, value) for name, value in sorted(values.items())) or "all"

    def holds(self, other: "Segment") -> bool:
        """Is `other` this segment or a part of it?"""
        return all(other.values.get(name) == value for name, value in self.values.items())


def _named(dimension: str, value: object) -> str:
    """A value with its dimension, left out where the value says it: "City Hotel", but "market segment Direct".

    Two dimensions may share a value, and two segments must never read alike.
    """
    words = dimension.replace("_", " ")
    return f"{value}" if words.casefold() in f"{value}".casefold() else f"{words} {value}"
