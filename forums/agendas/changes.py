"""What changed between two publications of an agenda, in sentences for whoever read the earlier one. Pure.

A publication is told as a mapping: `starts` and `place` in words, and `items` in their order, each with its `subject`
(kind and key), `title`, `section`, `minutes` and `presenter`. What only one of them tells (`papers` of an item, `view`,
`listed`) is not compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from truthgov.figures import counted

Told = Mapping[str, Any]


def changes_between(before: Told, after: Told) -> list[str]:
    """A sentence for each change; none where both say the same."""
    earlier = {_key(item): item for item in before["items"]}
    later = {_key(item): item for item in after["items"]}
    return [
        *_circumstances(before, after),
        *(f"Added: {item['title']} ({item['section']})." for key, item in later.items() if key not in earlier),
        *(f"Taken off: {item['title']}." for key, item in earlier.items() if key not in later),
        *_moves(before["items"], after["items"]),
        *(sentence for key, item in later.items() if key in earlier for sentence in _of_item(earlier[key], item)),
        *_rest(before, after),
    ]


def _circumstances(before: Told, after: Told) -> Iterator[str]:
    for name, word in (("starts", "Starts"), ("place", "Held at")):
        if before[name] != after[name]:
            yield f"{word}: {after[name] or 'not said'}, instead of {before[name] or 'not said'}."


def _moves(before: Sequence[Told], after: Sequence[Told]) -> Iterator[str]:
    """The fewest items whose moving makes one order of the other; those added or taken off move nobody."""
    earlier, later = [_key(item) for item in before], [_key(item) for item in after]
    old, new = [key for key in earlier if key in later], [key for key in later if key in earlier]
    stayed = {
        key
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for key in new[block.b : block.b + block.size]
    }
    for place, item in enumerate(after, start=1):
        key = _key(item)
        if key in old and key not in stayed:
            yield f"Moved: {item['title']}, from number {earlier.index(key) + 1} to number {place}."


def _of_item(before: Told, after: Told) -> Iterator[str]:
    title = after["title"]
    if before["section"] != after["section"]:
        yield f"{title}: under {after['section']}, instead of {before['section']}."
    if before["minutes"] != after["minutes"]:
        yield f"{title}: {counted(after['minutes'], 'minute')}, instead of {before['minutes']}."
    if before["presenter"] != after["presenter"]:
        yield f"{title}: presented by {after['presenter']}, instead of {before['presenter']}."
    if before["title"] != title:
        yield f"{title}: called {before['title']} before."
    if _differ(before, after, "papers"):
        yield f"{title}: its papers are renewed."


def _rest(before: Told, after: Told) -> Iterator[str]:
    if _differ(before, after, "view"):
        yield "The journeys and their figures are renewed."
    if _differ(before, after, "listed"):
        yield "What left the open list or is put off is renewed."


def _differ(before: Told, after: Told, name: str) -> bool:
    return name in before and name in after and before[name] != after[name]


def _key(item: Told) -> tuple[str, int]:
    kind, reference = item["subject"]
    return kind, reference
