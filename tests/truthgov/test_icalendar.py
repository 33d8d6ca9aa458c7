"""Calendars: what RFC 5545 asks of a text, whatever somebody called their meeting."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from truthgov.icalendar import Event, Method, Party, calendar, escaped, folded, quoted

NINE = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=1)))


def event(**more):
    return Event(**{"uid": "a@b", "sequence": 2, "stamped": NINE, "starts": NINE, "lasts": timedelta(minutes=90),
                    "title": "Steering forum", **more})  # fmt: skip


def lines(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_moments_are_told_in_utc():
    told = lines(calendar([event()]))
    assert {"DTSTART:20261201T080000Z", "DTEND:20261201T093000Z", "SEQUENCE:2", "UID:a@b"} <= set(told)


def test_an_invitation_names_who_asks_and_who_is_asked():
    asked = event(organiser=Party("truthgov", "t@example.org"), attendee=Party('Ada "Auditor"', "ada@example.org"))
    told = lines(calendar([asked], method=Method.REQUEST))
    assert "METHOD:REQUEST" in told
    assert 'ORGANIZER;CN="truthgov":mailto:t@example.org' in told
    attendee = "CN=\"Ada 'Auditor'\";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE"
    assert f"ATTENDEE;{attendee}:mailto:ada@example.org" in told


def test_a_text_cannot_add_a_line_of_its_own():
    told = lines(calendar([event(title="Ours\r\nATTENDEE:mailto:eve@example.org", text="a;b,c\\d\ne")]))
    assert "SUMMARY:Ours\\nATTENDEE:mailto:eve@example.org" in told
    assert "DESCRIPTION:a\\;b\\,c\\\\d\\ne" in told
    assert quoted('x"\r\ny') == '"x\' y"'


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=400))
def test_a_line_is_folded_within_its_octets_and_is_whole_again(line):
    parts = folded(line)
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == line
    assert all(len(part.encode()) <= 75 for part in parts)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_line_of_a_calendar_is_short_and_ends_as_it_should(text):
    told = calendar([event(title=text, text=text, stamped=datetime.now(UTC))])
    assert told.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 and "\n" not in line for line in told.split("\r\n"))
    assert "\n" not in escaped(text)
