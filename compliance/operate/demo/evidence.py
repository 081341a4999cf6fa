"""What the people of the demo company brought to the library: files, statements and a link, at the controls they belong to."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from compliance.members.roles import Role
from compliance.members.selectors.listing import members_by_name
from compliance.trail.actor import OPERATOR, Actor, ActorKind
from controls.selectors.controls import adopted_codes
from controls.services.intake import bring_file, bring_statement
from controls.services.links import place_of
from evidence.services.items import Dated, Described, add_version
from evidence.services.receiving import receive


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """An item of the story: how long ago it was made, for which controls, by whom; `renewed` are days ago of later versions."""

    title: str
    filename: str
    data: bytes
    controls: tuple[str, ...]
    reason: str
    by: str
    days_ago: int
    cadence_days: int | None = None
    covers: int = 0
    tags: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    url: str = ""
    renewed: tuple[int, ...] = field(default=())


def bring_the_library(now: datetime) -> int:
    """Bring what is not there yet, in the organization in scope; items whose controls are not adopted are left out. Returns how many."""
    adopted, members = adopted_codes(), {name: key for key, name in members_by_name()}
    made = 0
    for each in story():
        codes = [code for code in each.controls if code in adopted]
        if not codes:
            continue
        at = now - timedelta(days=each.days_ago)
        actor = Actor(ActorKind.USER, each.by, members.get(each.by)) if each.by in members else OPERATOR
        owner = None if each.roles else members.get(each.by)
        described = Described(
            title=each.title, owner_id=owner, cadence_days=each.cadence_days, tags=each.tags, roles=each.roles, url=each.url,
        )  # fmt: skip
        places = [(place_of(control=code), each.reason) for code in codes]
        if not each.filename:
            bring_statement(
                actor=actor, signer=each.by, text=each.data.decode(), described=described, dated=_dated(each, at), places=places, now=at
            )
        else:
            item = bring_file(
                actor=actor, role=Role.ADMIN.value, pieces=iter([each.data]), filename=each.filename, described=described, dated=_dated(each, at),
                places=places, now=at, kind="link" if each.url else "file", again=True,
            )  # fmt: skip
            for days in each.renewed:
                later = now - timedelta(days=days)
                received = receive(iter([each.data + f"\nRenewed on {later:%Y-%m-%d}.\n".encode()]), each.filename, role="", again=True)
                add_version(actor=actor, item=item, dated=_dated(each, later), received=received, now=later)
        made += 1
    return made


def story() -> Iterable[Brought]:
    """A dozen believable items."""
    yield Brought(
        title="Quarterly access review, minutes", filename="access-review.md", by="Tom Okafor", days_ago=280, cadence_days=92, covers=91,
        controls=("AC-09",), reason="Who looked through which accounts, and what was taken away", tags=("access", "review"), renewed=(190, 98),
        data=b"# Access review\n\nPresent: Tom Okafor, Jonas Weber\n\n"
        b"- AWS: 41 accounts looked through, 2 removed\n- GitHub: 38 members, 1 removed\n- Okta: 71 users, none left over\n",
    )  # fmt: skip
    yield Brought(
        title="Restore test of the production database", filename="restore-test.csv", by="Tom Okafor", days_ago=61, cadence_days=92,
        controls=("BC-03", "BC-01"), reason="A backup was restored and its rows were counted", tags=("backup",),
        data=b"step,started,finished,result\nrestore snapshot,2026-09-24T08:00Z,2026-09-24T08:41Z,done\n"
        b"count rows,2026-09-24T08:42Z,2026-09-24T08:44Z,18443912 of 18443912\nsmoke test,2026-09-24T08:45Z,2026-09-24T08:52Z,passed\n",
    )  # fmt: skip
    yield Brought(
        title="Board minutes on security, excerpt", filename="board-minutes.md", by="Priya Natarajan", days_ago=120, cadence_days=366,
        controls=("GV-01",), reason="The board heard the state of the programme", tags=("board",), roles=("executive",),
        data=b"# Board meeting\n\nItem 4: security programme. Presented by Priya Natarajan. Open risks were discussed; the budget was approved.\n",
    )  # fmt: skip
    yield Brought(
        title="Incident exercise: lost laptop", filename="exercise.md", by="Jonas Weber", days_ago=75, cadence_days=366, tags=("incident",),
        controls=("IR-03",), reason="The way of reporting and deciding was walked through",
        data=b"# Exercise\n\n09:00 reported by telephone\n09:12 device wiped\n"
        b"09:20 tokens revoked\n10:05 customer contact decided: not needed\n\nTo improve: the phone list was out of date.\n",
    )  # fmt: skip
    yield Brought(
        title="Network diagram of production", filename="network.png", by="Tom Okafor", days_ago=150, cadence_days=183, tags=("architecture",),
        controls=("NW-06",), reason="Which networks meet where", data=_diagram(),
    )  # fmt: skip
    yield Brought(
        title="Status page, uptime of the quarter", filename="status.png", by="Tom Okafor", days_ago=40, cadence_days=92, covers=91, tags=("availability",),
        controls=("BC-08",), reason="What customers were told of availability", url="https://status.fernhill.example/uptime", data=_diagram(),
    )  # fmt: skip
    yield Brought(
        title="No production data is used in tests", filename="", by="Tom Okafor", days_ago=33, cadence_days=183, tags=("statement",),
        controls=("DT-06",), reason="Nothing that looks can see this",
        data=b"I went through the seeds of all test environments this week. They are generated; none of them was made from production data.",
    )  # fmt: skip
    yield Brought(
        title="Penetration test, summary for customers", filename="pentest-summary.md", by="Priya Natarajan", days_ago=210, cadence_days=366,
        controls=("VM-08",), reason="An independent firm tested the service", tags=("pentest",),
        data=b"# Summary\n\nScope: api.fernhill.example, app.fernhill.example\nFindings: 0 critical, 1 high (fixed), 4 medium (fixed), 6 low\n",
    )  # fmt: skip
    yield Brought(
        title="Security training, attendance", filename="training.csv", by="Priya Natarajan", days_ago=300, cadence_days=366,
        controls=("HR-06",), reason="Who took part and when", tags=("training",),
        data=b"name,course,finished\nTom Okafor,Secure development,2026-01-20\nJonas Weber,Secure development,2026-01-21\nSam Carter,Basics,2026-01-27\n",
    )  # fmt: skip
    yield Brought(
        title="Office visit log, sample week", filename="visitors.csv", by="Jonas Weber", days_ago=20, cadence_days=31, covers=7,
        controls=("PH-03",), reason="Visitors are met and signed in", tags=("office",),
        data=b"date,visitor,host,in,out\n2026-11-02,Courier,Sam Carter,10:02,10:06\n2026-11-04,Auditor,Priya Natarajan,09:00,16:30\n",
    )  # fmt: skip
    yield Brought(
        title="Change freeze over the holidays, notice", filename="freeze.txt", by="Tom Okafor", days_ago=10, controls=("CH-07",),
        reason="How changes are held back when nobody is there", tags=("change",), data=b"From 21 December to 2 January only fixes of incidents are deployed.\n",
    )  # fmt: skip
    yield Brought(
        title="Firewall rules reviewed", filename="firewall-review.json", by="Jonas Weber", days_ago=97, cadence_days=92, tags=("network", "review"),
        controls=("NW-06", "NW-01"), reason="Every rule open to the world was looked at",
        data=b'{"reviewed": "2026-08-19", "rules": [{"group": "sg-web", "port": 443, "decision": "stays"}, {"group": "sg-old", "port": 22, "decision": "removed"}]}\n',
    )  # fmt: skip


def _dated(each: Brought, at: datetime) -> Dated:
    until = at.date() - timedelta(days=1)
    return Dated(
        performed_at=at - timedelta(hours=5), covered_from=until - timedelta(days=each.covers - 1) if each.covers else None,
        covered_until=until if each.covers else None, stated_by=each.by,
    )  # fmt: skip


def _diagram() -> bytes:
    """Boxes and lines, as somebody draws them."""
    picture = Image.new("RGB", (900, 420), "white")
    pen = ImageDraw.Draw(picture)
    names = ("Internet", "Load balancer", "Services", "Database")
    for place, name in enumerate(names):
        left = 30 + place * 220
        pen.rectangle((left, 160, left + 170, 250), outline="navy", width=3)
        pen.text((left + 20, 198), name, fill="black")
        if place:
            pen.line((left - 50, 205, left, 205), fill="navy", width=3)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
