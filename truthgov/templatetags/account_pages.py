"""What the pages of allauth take on to read like ours: sentence case."""

from django import forms, template

from truthgov.texts import in_sentence_case

register = template.Library()


@register.filter
def sentence_case(text: str) -> str:
    """As a heading, a button or a label of ours is written."""
    return in_sentence_case(text)


@register.filter
def like_ours(form: forms.BaseForm) -> forms.BaseForm:
    """A form whose labels are in sentence case, and stand in no field a second time."""
    for field in form.fields.values():
        field.label = in_sentence_case(str(field.label)) if field.label else field.label
        field.widget.attrs.pop("placeholder", None)
    return form
