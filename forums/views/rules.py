"""The rules that judge: the register, each with its record, and how a rule is proposed, tested and decided on."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.meetings.forms import ReasonForm, input_of
from forums.rules.forms import OwnRuleForm, RuleFilter, VersionForm
from forums.rules.page import earliest_start, rule_page
from forums.rules.register import register
from forums.rules.version_page import version_page
from metrics import rule_access
from metrics.models import RuleVersion
from metrics.rules.tuning import approve_version, reject_version, withdraw_version
from truthgov.http import PersonRequest, go_to, signed_in


@require_safe
@signed_in
def rules(request: PersonRequest) -> HttpResponse:
    """The register: its filters stand in the address."""
    form = RuleFilter(request.GET)
    shown = {"form": form, "register": register(form, request.GET), "may_tune": rule_access.may_tune(request.person)}
    return render(request, "forums/rules/rules.html", shown)


@require_safe
@signed_in
def rule(request: PersonRequest, pk: int) -> HttpResponse:
    """A rule; the period whose suppressions are listed stands in the address."""
    page = rule_page(rule_access.rule_to_read(request.person, pk), period=request.GET.get("period", ""))
    shown = {"page": page, "rule": page.rule, "may_tune": rule_access.may_tune(request.person)}
    return render(request, "forums/rules/rule.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule_new(request: PersonRequest) -> HttpResponse:
    """A rule of one's own, proposed for another person to approve."""
    rule_access.rules_to_propose(request.person)
    form = OwnRuleForm(request.POST or None)
    if form.is_valid() and (proposed := form.propose(by=request.actor)):
        return redirect(_address(proposed))
    return render(request, "forums/rules/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule_version_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Another version of a rule: tuned, switched, or retired."""
    tuned = rule_access.rule_to_tune(request.person, pk)
    current = tuned.versions.approved().order_by("-version").first()
    form = VersionForm(request.POST or None, rule=tuned, current=current, starts_on=earliest_start(tuned))
    if form.is_valid() and (proposed := form.propose(by=request.actor)):
        return redirect(_address(proposed))
    shown = {"form": form, "rule": tuned, "waiting": tuned.versions.waiting().first()}
    return render(request, "forums/rules/tune.html", shown, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def rule_version(request: PersonRequest, pk: int, version: int) -> HttpResponse:
    """A version with what it would have found; who may, decides on it here."""
    page = version_page(rule_access.rule_version_to_read(request.person, pk, version))
    shown = {"page": page, "rule": page.rule, "version": page.version, "reason_form": ReasonForm(),
             "may_tune": rule_access.may_tune(request.person)}  # fmt: skip
    return render(request, "forums/rules/version.html", shown)


@require_POST
@signed_in
def rule_version_approval(request: PersonRequest, pk: int, version: int) -> HttpResponse:
    decided = rule_access.rule_version_to_decide(request.person, pk, version)
    approve_version(decided, by=request.actor)
    return go_to(request, _address(decided))


@require_POST
@signed_in
def rule_version_rejection(request: PersonRequest, pk: int, version: int) -> HttpResponse:
    decided = rule_access.rule_version_to_decide(request.person, pk, version)
    reject_version(decided, **input_of(ReasonForm(request.POST)), by=request.actor)
    return go_to(request, _address(decided))


@require_POST
@signed_in
def rule_version_withdrawal(request: PersonRequest, pk: int, version: int) -> HttpResponse:
    decided = rule_access.rule_version_to_decide(request.person, pk, version)
    withdraw_version(decided, **input_of(ReasonForm(request.POST)), by=request.actor)
    return go_to(request, _address(decided))


def _address(version: RuleVersion) -> str:
    return reverse("forums:rule_version", args=[version.rule_id, version.version])
