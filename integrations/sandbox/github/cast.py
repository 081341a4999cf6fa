"""The people of the demo company on GitHub: seven with a part in the demo, the others with names only."""

from dataclasses import dataclass

DOMAIN = "fernhill.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody's name and place; login and e-mail follow from the name."""

    name: str
    team: str

    @property
    def login(self) -> str:
        """`marta-lindqvist`."""
        return self.name.lower().replace(" ", "-").replace("'", "")

    @property
    def email(self) -> str:
        """`marta.lindqvist@fernhill.example`."""
        return f"{self.name.lower().replace(' ', '.').replace(chr(39), '')}@{DOMAIN}"


def _all(team: str, *names: str) -> tuple[Colleague, ...]:
    return tuple(Colleague(name, team) for name in names)


PLATFORM = _all(
    "platform",
    "Tom Okafor",
    "Ines Moreau",
    "Lukas Brandt",
    "Aisha Rahman",
    "Mateo Silva",
    "Hanna Lehtonen",
    "Dmitri Sokolov",
    "Grace Mwangi",
    "Oskar Nilsen",
)
BACKEND = _all(
    "backend",
    "Nadia Haddad",
    "Felix Hartmann",
    "Chloe Bennett",
    "Rahul Mehta",
    "Sofia Conti",
    "Janek Kowalski",
    "Yuki Tanaka",
    "Leila Farsi",
    "Ben Adeyemi",
    "Clara Jensen",
    "Marco Ferrari",
    "Eva Novak",
    "Daniel Osei",
    "Lena Fischer",
    "Pavel Horak",
)
FRONTEND = _all(
    "frontend",
    "Mia Schneider",
    "Noah Williams",
    "Elif Demir",
    "Hugo Laurent",
    "Anna Bergman",
    "Kofi Mensah",
    "Julia Wagner",
    "Simon Leclerc",
    "Rosa Garcia",
    "Liam Murphy",
)
DATA = _all(
    "data",
    "Petra Vogel",
    "Amir Nazari",
    "Wei Chen",
    "Ida Larsen",
    "Omar Khalil",
    "Greta Holst",
    "Viktor Petrov",
    "Alice Moreno",
    "Stefan Kruger",
)
MOBILE = _all("mobile", "Jana Kralova", "Theo Martin", "Zoe Papadaki", "Arjun Nair", "Emil Sorensen", "Maya Cohen", "Ravi Pillai")
QUALITY = _all("quality", "Sarah Klein", "Tariq Aziz", "Nina Rossi", "Peter Baumann", "Olga Ivanova")
COMPANY = _all(
    "company",
    "Jonas Weber",
    "Marta Lindqvist",
    "Priya Natarajan",
    "Elena Rossi",
    "Sam Carter",
    "Vera Holm",
    "Kathrin Busch",
    "Michael Grant",
    "Paula Sanchez",
)

MEMBERS = PLATFORM + BACKEND + FRONTEND + DATA + MOBILE + QUALITY + COMPANY
ENGINEERS = PLATFORM + BACKEND + FRONTEND + DATA + MOBILE
OWNERS = ("tom-okafor", "jonas-weber")
MAINTAINERS = ("ines-moreau", "nadia-haddad", "mia-schneider", "petra-vogel", "jana-kralova", "sarah-klein")
INSECURE = ("peter-baumann", "paula-sanchez", "simon-leclerc")
CONTRACTORS = (
    ("robin-ashworth", "Robin Ashworth", "robin@ashworth-design.example", "design-system"),
    ("kit-lambert", "Kit Lambert", "kit@lambert-security.example", "infrastructure"),
    ("mona-reyes", "Mona Reyes", "mona@reyes-translations.example", "help-center"),
)
# Whoever leaves in the story takes no part in the daily changes, so that no change is made by somebody who is gone.
LEAVERS = ("dmitri-sokolov", "hugo-laurent", "omar-khalil")
JOINERS = (
    Colleague("Bianca Weiss", "backend"),
    Colleague("Jude Lawson", "frontend"),
    Colleague("Farid Samadi", "platform"),
    Colleague("Kim Andersson", "data"),
)
