"""What a file may hold that is read while its sender waits, and what its first row has to say."""

from collections import Counter

from truthgov.errors import InvalidInput

MAX_ROWS = 5_000
MAX_COLUMNS = 60


def require_header(cells: list[str]) -> list[str]:
    """The names of the columns, without spaces around them and in small letters; InvalidInput where they name none,
    or one twice."""
    names = [cell.strip().casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InvalidInput("The first row is empty; it names the columns, as the template does.")
    if len(names) > MAX_COLUMNS:
        raise InvalidInput(f"There are more than {MAX_COLUMNS} columns; remove what the template does not have.")
    twice = [name or "(none)" for name, times in Counter(names).items() if times > 1 or not name]
    if twice:
        raise InvalidInput(f"Every column needs a name of its own in the first row; look at {', '.join(twice)}.")
    return names
