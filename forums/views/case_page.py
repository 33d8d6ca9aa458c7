"""The page of one contradiction, as its acts answer with it."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from forums.agendas.forms import meeting_form
from forums.cases.file import CaseFile, file_of, filed
from forums.cases.forms import ChallengeForm, FalseAlarmForm, PositionForm
from forums.cases.ruling_forms import CauseForm, JoiningForm, LinkForm, PartForm, SnoozeForm, WakingForm
from forums.models import Subject
from metrics.models import Contradiction
from truthgov import clock
from truthgov.http import PersonRequest

Kind = Subject.Kind


def answer(request: PersonRequest, case: Contradiction) -> HttpResponse:
    """After an act: htmx gets the case anew, a plain form goes to its page."""
    return show(request, case) if request.htmx else redirect("forums:contradiction", case.pk)


def show(request: PersonRequest, case: Contradiction, **faulty: Form) -> HttpResponse:
    """The case with its forms; those `faulty` come back with what is wrong with them (422)."""
    file = file_of(filed(case), request.person, on=clock.today())
    forms: dict[str, Any] = {
        "challenge_form": ChallengeForm(case=case) if file.acts.challenge else None,
        "position_form": PositionForm(scopes=list(file.acts.answer_as)) if file.acts.answer_as else None,
        "agenda_form": meeting_form(request.person, (Kind.CONTRADICTION, case.pk)) if file.case.is_live else None,
        "link_form": LinkForm(case=case) if file.acts.link else None,
        **_rulings(file),
        **faulty,
    }
    template = "forums/contradictions/_case.html" if request.htmx else "forums/contradictions/case.html"
    shown = {"file": file, "case": file.case, "is_recorded": request.method == "POST" and not faulty, **forms}
    return render(request, template, shown, status=422 if faulty else 200)


def _rulings(file: CaseFile) -> dict[str, Form]:
    """The forms of what the truth owner may rule on the case as it stands."""
    case = file.case
    if not file.acts.rule:
        return {}
    forms: dict[str, Form] = {"cause_form": CauseForm(case=case), "part_form": PartForm(case=case)}
    if case.status != Contradiction.Status.OPEN:
        return forms
    put_off = {"waking_form": WakingForm(case=case)} if file.snooze else {"snooze_form": SnoozeForm(case=case)}
    return {**forms, **put_off, "joining_form": JoiningForm(case=case), "false_alarm_form": FalseAlarmForm()}
