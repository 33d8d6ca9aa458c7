"""From what somebody typed to what is stored: previewed cell by cell, confirmed as it was shown, all or nothing."""

from dataclasses import replace
from decimal import Decimal

from metrics.handing_in import attesting, due
from metrics.handing_in.absences import declare_unavailable
from metrics.handing_in.entries import BOTH, Entry, entries_of
from metrics.handing_in.noting import note
from metrics.handing_in.preview import Line, Preview, Standing, judged, refused, unavailable
from metrics.handing_in.sheets import Sheet
from metrics.ingestion import Delivery, Outcome, Rows, RowsRefused, ingest, rehearse
from metrics.models import Draft, FigureNote, Observation, Submission
from truthgov import audit
from truthgov.actor import Appointed
from truthgov.errors import Refusal

UNDRAFTED = "You have no draft of these figures, or handed it in already; look at what is on record."
CHANGED = "What is on record, or your draft, changed since you looked at the preview; look at it again."


def preview(sheet: Sheet, draft: Draft, *, by: Appointed) -> Preview:
    """What would become of a draft, with nothing stored."""
    notes = notes_on(sheet)
    lines: dict[str, Line] = {}
    rows: list[tuple[Entry, dict[str, str]]] = []
    entries = entries_of(sheet, draft.entries)
    for entry in entries:
        figures, faults = entry.figures()
        if entry.says_both:
            lines[entry.cell.key] = refused(entry.cell, {"value": BOTH}, entry.note)
        elif entry.is_unavailable:
            lines[entry.cell.key] = unavailable(entry.cell, entry.note)
        elif faults:
            lines[entry.cell.key] = refused(entry.cell, faults, entry.note)
        else:
            rows.append((entry, _row(sheet, draft, entry, figures, notes.get(entry.cell.key, ""))))
    fates = rehearse(Rows.of(row for _, row in rows), _delivery(draft, by), by=by)
    for number, (entry, _) in enumerate(rows):
        standing_note = notes.get(entry.cell.key, "")
        read_as = "" if draft.file else entry.read_as
        lines[entry.cell.key] = judged(entry.cell, fates[number], entry.note, standing_note, read_as)
    return Preview([replace(lines[entry.cell.key], texts=entry.texts) for entry in entries], draft.source)


def hand_in(sheet: Sheet, *, seen: str, attested: bool, by: Appointed) -> Submission | None:
    """Store a person's draft as it was previewed; `seen` is the digest of what was shown to them.

    None where no figure was among it, but notes and absences alone. With `attested` its sender stands behind the
    whole period as it then stands. Refusal, and nothing stored, where the preview is no longer what was shown.
    """
    with audit.act():
        Draft.objects.alone(by.person)
        draft = Draft.objects.of(by.person, sheet.scope, sheet.period.code).first()
        if draft is None:
            raise Refusal(UNDRAFTED)
        shown = preview(sheet, draft, by=by)
        if shown.digest != seen:
            raise Refusal(CHANGED)
        if shown.refused:
            raise Refusal("Some figures of the draft are refused; correct them, and look again.")
        if not shown.changes:
            raise Refusal("Nothing in the draft differs from what is on record.")
        outcome = _stored(sheet, draft, shown, by)
        _say(sheet, shown, by)
        draft.delete()
        standing = due.sheet(sheet.scope, sheet.period.code)
        if attested and standing and not standing.is_attested:
            attesting.attest(standing, seen=attesting.digest_of(standing), by=by)
    return outcome.submission if outcome else None


def notes_on(sheet: Sheet) -> dict[str, str]:
    """The latest note on each figure of a sheet, by the key of its cell."""
    cells = {cell.reading.observation_id: cell.key for cell in sheet.cells if cell.reading}
    return {cells[observation]: note.text for observation, note in FigureNote.objects.latest_of(cells).items()}


def _stored(sheet: Sheet, draft: Draft, shown: Preview, by: Appointed) -> Outcome | None:
    """Send the new and the restated figures through the door; what came in since the preview is noticed there."""
    wanted = {line.cell.key for line in shown.of(Standing.NEW, Standing.RESTATED)}
    entries = [entry for entry in entries_of(sheet, draft.entries) if entry.cell.key in wanted]
    if not entries:
        return None
    rows = Rows.of(_row(sheet, draft, entry, entry.figures()[0], "") for entry in entries)
    try:
        outcome = ingest(rows, _delivery(draft, by), by=by)
    except RowsRefused as refused:  # the preview refuses nothing: what came in since does
        raise Refusal(CHANGED) from refused
    if (outcome.accepted, outcome.restated) != (len(shown.of(Standing.NEW)), len(shown.of(Standing.RESTATED))):
        raise Refusal(CHANGED)
    if outcome.submission and _restated(outcome.submission) != _seen(shown):
        raise Refusal(CHANGED)
    return outcome


def _restated(submission: Submission) -> dict[tuple[int, int], Decimal]:
    """What a submission restated, by measure and segment: the figures before it."""
    made = Observation.objects.filter(submission=submission, restates__isnull=False).select_related("series")
    cells = {each.restates: (each.series.measure_id, each.series.segment_id) for each in made if each.restates}
    return {cells[each.pk]: each.value for each in Observation.objects.filter(pk__in=list(cells))}


def _seen(shown: Preview) -> dict[tuple[int, int], Decimal | None]:
    """The same, as it was shown to whoever confirms."""
    lines = shown.of(Standing.RESTATED)
    return {(line.cell.measure.pk, line.cell.segment.pk): line.on_record for line in lines}


def _say(sheet: Sheet, shown: Preview, by: Appointed) -> None:
    """Store what is said beside figures, and in their place."""
    standing = {Standing.NEW, Standing.RESTATED, Standing.NOTED}
    noted = {line.cell.key: line.note for line in shown.lines if line.note and line.standing in standing}
    current = due.sheet(sheet.scope, sheet.period.code) if noted else None
    for cell in current.cells if current else ():
        if cell.key in noted and cell.reading:
            note(cell.reading.observation_id, noted[cell.key], by=by)
    for line in shown.of(Standing.NOT_AVAILABLE):
        declare_unavailable(sheet, line.cell, line.note, by=by)


def _delivery(draft: Draft, by: Appointed) -> Delivery:
    """Whoever gives the value on record without its parts says nothing new: neither a count's row nor the template's
    column of what is on record shows parts."""
    channel = Submission.Channel.FILE if draft.file else Submission.Channel.FORM
    function = getattr(by.appointment.scope, "function", None)
    return Delivery(channel=channel, function_id=function.pk if function else None, by_hand=True)


def _row(sheet: Sheet, draft: Draft, entry: Entry, figures: dict[str, str], standing_note: str) -> dict[str, str]:
    """The row that the one door takes; a note that stands already is no reason for another figure."""
    cell = entry.cell
    return figures | {
        "measure": cell.measure.code, "period": sheet.period.code, "segment": cell.segment.key,
        "source": cell.source.code if cell.source else draft.source,
        "reason": entry.note if entry.note != standing_note else "",
    }  # fmt: skip
