"""The people of the demonstration organisation, and how they come to their authority: invented, one to a role."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.text import slugify

from truthgov import appointing, enrolment, founding, mandates
from truthgov.actor import Actor
from truthgov.models import Person, Role, Scope

ORGANISATION = "Atlantic Hotels"
MANDATE = (
    "The truth owner answers for the reconciled view of our guests. They may challenge any function to explain its "
    "figures, escalate to the chief executive and the board, and force a decision where the steering forum finds none."
)
FUNCTIONS = (
    "Marketing & Distribution",
    "Revenue Management",
    "Group & Contract Sales",
    "Reservations",
    "Front Office",
    "Finance",
)


@dataclass(frozen=True)
class Part:
    """A name and the roles that go with it; `over` names the scope, where it is not the organisation."""

    name: str
    role: Role
    over: str = ""

    @property
    def email(self) -> str:
        """By the first name, without accents: browsers take no others in an address."""
        return f"{slugify(self.name.split()[0])}@atlantic-hotels.example"


ADMINISTRATOR = Part("Rui Antunes", Role.ADMINISTRATOR)
SPONSOR = Part("Helena Duarte", Role.SPONSOR)
TRUTH_OWNER = Part("Teresa Vaz", Role.TRUTH_OWNER)
SECRETARY = Part("Nuno Sequeira", Role.SECRETARY, "Customer truth steering")
AUDITOR = Part("Alda Meireles", Role.AUDITOR)
EXECUTIVES = (Part("Carlos Brandão", Role.EXECUTIVE), Part("Ines Falcão", Role.EXECUTIVE))
LEADS = (
    Part("Marta Pinto", Role.FUNCTION_LEAD, "Marketing & Distribution"),
    Part("Rafael Lobo", Role.FUNCTION_LEAD, "Revenue Management"),
    Part("Gonçalo Reis", Role.FUNCTION_LEAD, "Group & Contract Sales"),
    Part("Sara Quintela", Role.FUNCTION_LEAD, "Reservations"),
    Part("Filipe Moura", Role.FUNCTION_LEAD, "Front Office"),
    Part("Diana Castro", Role.FUNCTION_LEAD, "Finance"),
)
JOURNEY_OWNERS = (
    Part("Joana Serra", Role.JOURNEY_OWNER, "Book-to-stay"),
    Part("Vasco Leal", Role.JOURNEY_OWNER, "Return"),
)
SHOWN = (TRUTH_OWNER, SPONSOR, EXECUTIVES[0], LEADS[0], LEADS[1], JOURNEY_OWNERS[0], SECRETARY, AUDITOR, ADMINISTRATOR)


@dataclass
class Cast:
    """The enrolled people, by their parts, and the password that they share in the demonstration."""

    password: str
    starts_on: date
    people: dict[Part, Person] = field(default_factory=dict)

    def __getitem__(self, part: Part) -> Person:
        return self.people[part]

    def actor(self, part: Part) -> Actor:
        return Actor(person=self.people[part])

    def scope_of(self, part: Part) -> Scope:
        """The scope that a part's role is held over."""
        return Scope.objects.get(name=part.over or ORGANISATION)

    def found(self) -> None:
        """Found the organisation with its people, its functions and the mandate."""
        self.people[ADMINISTRATOR] = founding.found(
            ORGANISATION, email=ADMINISTRATOR.email, name=ADMINISTRATOR.name, password=self.password
        )
        for part in (SPONSOR, TRUTH_OWNER, SECRETARY, AUDITOR, *EXECUTIVES, *LEADS, *JOURNEY_OWNERS):
            self.people[part] = enrolment.enrol(
                part.email, part.name, by=self.actor(ADMINISTRATOR), password=self.password
            )
        self._appoint(SPONSOR, proposer=ADMINISTRATOR)
        self._appoint(TRUTH_OWNER, proposer=SPONSOR)
        mandates.grant(MANDATE, set(mandates.POWERS), starts_on=self.starts_on, by=self.actor(SPONSOR))
        for name in FUNCTIONS:
            founding.establish_function(name, by=self.actor(TRUTH_OWNER))
        for part in (AUDITOR, *EXECUTIVES, *LEADS):
            self._appoint(part, proposer=TRUTH_OWNER)

    def appoint_journey_owners(self) -> None:
        for part in JOURNEY_OWNERS:
            self._appoint(part, proposer=TRUTH_OWNER)

    def appoint_secretary(self) -> None:
        self._appoint(SECRETARY, proposer=TRUTH_OWNER)

    def _appoint(self, part: Part, *, proposer: Part) -> None:
        appointment = appointing.propose(
            self.people[part], part.role, self.scope_of(part), starts_on=self.starts_on, by=self.actor(proposer)
        )
        if appointment.status == appointment.Status.PROPOSED:
            appointing.confirm(appointment, by=self.actor(SPONSOR))
