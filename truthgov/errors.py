class Refusal(Exception):  # noqa: N818 - the glossary's word
    """The organisation's rules refuse an act.

    The message is worded for its reader: what is refused, and what to do next. One middleware answers it for
    pages (409), one handler for the API (409, problem+json).
    """


class InvalidInput(Refusal):
    """What was given cannot be taken as it stands (422); `errors` names each faulty field in a sentence."""

    def __init__(self, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}

    def named(self) -> list[tuple[str, str]]:
        """The errors with each field as its reader knows it: `due_on` is Due on."""
        return [(name[:1].upper() + name[1:].replace("_", " "), sentence) for name, sentence in self.errors.items()]


def in_full(problem: Exception) -> str:
    """What a problem says, with a sentence for each field that it names."""
    errors = problem.errors if isinstance(problem, InvalidInput) else {}
    return " ".join([str(problem), *(f"{name} {sentence}." for name, sentence in errors.items())])
