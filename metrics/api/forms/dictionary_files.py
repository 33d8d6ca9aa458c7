"""Files of the dictionary: handed in, with what they would change, and taken along."""

from rest_framework import serializers

from metrics.api.fields import Form
from metrics.dictionary_files.writing import WRITERS
from metrics.models import Definition, DictionaryImport
from truthgov.periods import Grain
from truthgov.rest.views import PageQuery


class ExportQuery(Form):
    form = serializers.ChoiceField(list(WRITERS), default="yaml")


class ImportsQuery(PageQuery):
    status = serializers.ChoiceField(DictionaryImport.Status.choices, required=False)


class FileQuery(Form):
    """What is said beside a file: its name, and what a foreign one does not say of its measures."""

    name = serializers.CharField(max_length=150, default="dictionary", help_text="Without its ending.")
    function = serializers.CharField(
        required=False, help_text="Code of the function that answers for dbt or OSI measures."
    )
    source = serializers.CharField(max_length=200, default="", help_text="Where dbt or OSI figures come from.")  # type: ignore[assignment]
    direction = serializers.ChoiceField(Definition.Direction.choices, default=Definition.Direction.HIGHER.value)
    grain = serializers.ChoiceField([grain.value for grain in Grain], default=Grain.MONTH.value)


class HandedInForm(serializers.ModelSerializer[DictionaryImport]):
    """A file that was handed in."""

    proposed_by = serializers.CharField(source="proposed_by.name")
    decided_by = serializers.CharField(source="decided_by.name", allow_null=True, default=None)
    proposed = serializers.ListField(
        child=serializers.JSONField(), help_text="The versions that it proposed, each as code and number."
    )

    class Meta:
        model = DictionaryImport
        fields = ["id", "filename", "status", "reason", "proposed_by", "at", "proposed", "decided_by", "decided_at",
                  "ended_because"]  # fmt: skip


class DetailForm(Form):
    """What something new says in a field, as files write it."""

    field = serializers.CharField()
    value = serializers.CharField()


class ChangeForm(Form):
    """Something new, with its details, or a field that goes from one value to another."""

    what = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    in_a_version = serializers.BooleanField(
        source="is_version", help_text="It waits as a version of a definition, and is decided on there."
    )
    details = DetailForm(many=True, help_text="Of something new; empty of a changed field.")


class FaultForm(Form):
    """What keeps a file from being proposed, and where."""

    place = serializers.CharField()
    message = serializers.CharField()


class FindingForm(Form):
    """What became of one place of a file in a foreign form."""

    place = serializers.CharField()
    fate = serializers.CharField(help_text="kept, mapped, assumed, or not understood.")
    words = serializers.CharField()


class LookedAtForm(Form):
    """A file that was handed in, with what it would change today; nothing once it is settled."""

    handed_in = HandedInForm()
    form = serializers.CharField(source="reading.form", help_text="YAML, XLSX, CSV tables, dbt Semantic Layer …")
    findings = FindingForm(source="reading.findings", many=True)
    changes = ChangeForm(source="plan.changes", many=True)
    problems = FaultForm(source="plan.problems", many=True, help_text="Nothing is proposed while there are any.")
    remarks = serializers.ListField(source="plan.remarks", child=serializers.CharField())
