"""The dictionary as it stands, as a document that files are made of: everything that an import takes, in one order.

Who proposed and approved what is not in it: that belongs to the record of this organisation. Nor is what still waits.
"""

from collections.abc import Iterable

from django.db.models import Model

from metrics.dictionary_files.document import Document, Entry
from metrics.dictionary_files.fields import KEYS, MEASURES, TABLES, VERSIONS, Said, Value
from metrics.models import Definition, DimensionValue, Link, Measure, RequiredOutcome, Source, SourceOfRecord

ORDER = {**KEYS, "sources_of_record": ("code",)}
"""What rows are sorted by; sources of record stay in the order in which they were named."""
NAMED = {"function": "name", "journey": "name", "guards": "code"}


def dictionary_as_it_stands() -> Document:
    """All measures with their approved versions, links, sources of record, dimensions and target conditions."""
    document = Document()
    for table, rows in _tables().items():
        # Sorted here: databases differ in how they order texts, and the same dictionary gives the same file everywhere.
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in ORDER[table]))
        document.tables[table] = [Entry("", row) for row in ordered]
    return document


def _tables() -> dict[str, Iterable[Said]]:
    measures = Measure.objects.select_related("function", "journey", "guards")
    versions = Definition.objects.approved().select_related("measure")
    namings = SourceOfRecord.objects.select_related("measure", "source", "settles").order_by("pk")
    links = Link.objects.select_related("from_measure", "to_measure")
    values = DimensionValue.objects.select_related("dimension")
    required = RequiredOutcome.objects.select_related("measure", "condition__journey")
    return {
        "measures": map(measure_said, measures),
        "versions": ({"code": version.measure.code, **version_said(version)} for version in versions),
        "sources_of_record": map(_naming, namings),
        "links": map(_link, links),
        "dimensions": ({"dimension": each.dimension.name, "value": each.value} for each in values),
        "sources": ({"name": source.name} for source in Source.objects.all()),
        "target_conditions": map(_condition, required),
    }


def version_said(definition: Definition) -> Said:
    """What a version says, by the columns of files."""
    said: Said = {each.name: getattr(definition, each.name) for each in VERSIONS if each.name != "code"}
    return said | {"unit": definition.currency or definition.unit}


def measure_said(measure: Measure) -> Said:
    """What the dictionary says about a measure itself, by the columns of files; others by their names and codes."""
    said: Said = {each.name: getattr(measure, each.name) for each in MEASURES if each.name not in NAMED}
    for name, by in NAMED.items():
        other: Model | None = getattr(measure, name)
        said[name] = getattr(other, by) if other else ""
    return said


def _naming(naming: SourceOfRecord) -> Said:
    settles = naming.settles.name if naming.settles else ""
    return {
        "code": naming.measure.code,
        "source": naming.source.name,
        "starts_on": naming.starts_on,
        "settles": settles,
    }


def _link(link: Link) -> Said:
    said: dict[str, Value] = {each.name: getattr(link, each.name) for each in TABLES["links"]}
    return said | {"from_measure": link.from_measure.code, "to_measure": link.to_measure.code}


def _condition(required: RequiredOutcome) -> Said:
    condition = required.condition
    return {"journey": condition.journey.name, "version": condition.version, "starts_on": condition.starts_on,
            "outcome": required.measure.code, "trust_needed": required.trust_needed}  # fmt: skip
