"""The facts of a made-up cloud account: as many subjects as wanted, of which a chosen number changes at each step."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence.facts import instants
from evidence.facts.access_key.v1 import AccessKey
from evidence.facts.account.v1 import Account
from evidence.facts.fact import Fact
from evidence.facts.volume.v1 import Volume
from evidence.readings import Observed, Reading

KINDS = ("account", "access_key", "volume")
ARN = "arn:aws:iam::123456789012"
FAILING = 0.01  # share of subjects that a change turns bad: turning good is then a hundred times as likely


@dataclass(slots=True)
class _Subject:
    good: bool = True
    generation: int = 0


class Population:
    """`subjects` in all, spread over the kinds. Deterministic by `seed`."""

    def __init__(
        self, subjects: int, start: datetime, *, seed: int = 7, kinds: tuple[str, ...] = KINDS, account: str = "123456789012"
    ) -> None:
        self.start = start
        self.kinds = kinds
        self.account = account
        self._random = random.Random(seed)
        share = max(1, subjects // len(kinds))
        self._subjects = {kind: [_Subject() for _ in range(share)] for kind in kinds}

    def change(self, number: int) -> None:
        """Change that many subjects: usually harmlessly or back to good, now and then to bad."""
        for _ in range(number):
            subject = self._random.choice(self._subjects[self._random.choice(self.kinds)])
            subject.generation += 1
            subject.good = self._random.random() >= FAILING * 10 if subject.good else True

    def readings(self, *, page: str, staleness: timedelta) -> list[Reading]:
        """One complete reading per kind, each fact pointing to the raw page of that digest."""
        return [
            Reading(
                vendor="aws", kind=kind, mode="snapshot", complete=True, completeness="consistent_read",
                observations=[Observed(self._fact(kind, number, subject), (page,)) for number, subject in enumerate(subjects)],
                staleness_seconds=int(staleness.total_seconds()),
            )
            for kind, subjects in self._subjects.items()
        ]  # fmt: skip

    def _fact(self, kind: str, number: int, subject: _Subject) -> Fact:
        used = instants.to_text(self.start + timedelta(days=365 * 3, seconds=subject.generation))
        match kind:
            case "account":
                return Account(
                    subject=f"{ARN}:user/person-{number:06}", name=f"person-{number:06}", email=f"person-{number:06}@fernhill.example",
                    console_access=True, mfa=subject.good, created="2020-01-01T00:00:00Z", last_sign_in=used, enabled=True,
                )  # fmt: skip
            case "access_key":
                return AccessKey(
                    subject=f"{ARN}:access-key/AKIA{number:012}", name=f"AKIA{number:012}", owner=f"{ARN}:user/person-{number:06}", active=True,
                    rotated=used if subject.good else "2020-01-01T00:00:00Z", last_used=used,
                )  # fmt: skip
        return Volume(
            subject=f"arn:aws:ec2:eu-central-1:123456789012:volume/vol-{number:017x}", name=f"vol-{number:017x}", region="eu-central-1",
            encrypted=subject.good, attached_to=(f"i-{number:017x}", f"i-{subject.generation:017x}"),
        )  # fmt: skip
