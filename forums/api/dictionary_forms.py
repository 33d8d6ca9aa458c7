"""How lineage and impact look."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from forums.measures.definition_versions import Version
from forums.measures.lineage import Graph
from metrics.api.fields import Form

KINDS = {"s": "source", "m": "measure", "j": "journey"}
"""By the letter that the keys of a graph begin with."""


class NodeForm(Form):
    id = serializers.CharField(help_text="Its kind and its code, as edges name it.")
    kind = serializers.ChoiceField(["source", "measure", "journey"])
    code = serializers.CharField()
    name = serializers.CharField()
    derived = serializers.BooleanField(help_text="A measure that is computed from others.")


class EdgeForm(Form):
    start = serializers.CharField()
    end = serializers.CharField()


class LineageForm(Form):
    """What there is on the way, and what leads to what."""

    nodes = serializers.SerializerMethodField()
    edges = serializers.SerializerMethodField()

    @extend_schema_field(NodeForm(many=True))
    def get_nodes(self, graph: Graph) -> list[dict[str, object]]:
        return [
            {"id": _name(key, graph), "kind": KINDS[key[0]], "code": each.code, "name": each.name,
             "derived": key in graph.derived}
            for key, each in graph.boxes.items()
        ]  # fmt: skip

    @extend_schema_field(EdgeForm(many=True))
    def get_edges(self, graph: Graph) -> list[dict[str, str]]:
        return [{"start": _name(start, graph), "end": _name(end, graph)} for start, end in graph.joined]


class TermForm(Form):
    """A term of the definition that changes."""

    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()


class ImpactForm(Form):
    """What a version that waits changes, and what approving it would touch."""

    version = serializers.IntegerField(source="definition.version")
    changes = TermForm(many=True)
    impact = serializers.SerializerMethodField(help_text="What is touched, each in a sentence.")

    def get_impact(self, version: Version) -> dict[str, str]:
        return dict(version.impact)


def _name(key: str, graph: Graph) -> str:
    return f"{KINDS[key[0]]}:{graph.boxes[key].code}"
