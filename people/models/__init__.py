"""Models of the people room."""

from people.models.account import Account, Pairing
from people.models.decision import Decision, PairingDue, UnusedSystem
from people.models.person import Person
from people.models.register import RegisterEntry

__all__ = ["Account", "Decision", "Pairing", "PairingDue", "Person", "RegisterEntry", "UnusedSystem"]
