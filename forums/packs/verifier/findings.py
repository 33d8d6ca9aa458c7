"""What a verification finds, in plain words: faults, and what the entries cannot prove."""

from dataclasses import dataclass, field

MANY = 50


def counted(number: int, noun: str, nouns: str = "") -> str:
    """So many of something: `1 decision`, `2 decisions`, `3 entries`."""
    return f"{number} {noun if number == 1 else nouns or f'{noun}s'}"


@dataclass
class Findings:
    """`faults` say what is wrong and where; `remarks` what is taken on trust, because no entry holds it."""

    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    untold: int = 0

    def fault(self, where: str, what: str) -> None:
        """A fault; past `MANY` they are counted and no longer told."""
        if len(self.faults) < MANY:
            self.faults.append(f"{where}: {what}")
        else:
            self.untold += 1

    def expect(self, holds: bool, where: str, what: str) -> None:
        """A fault unless it holds."""
        if not holds:
            self.fault(where, what)

    def remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)
