"""Connectors of third parties: installed packages that offer one under the entry point group `plumbline.connectors`, as far as the
operator allows them by name (and version) in CONNECTORS_ALLOWED. Nothing else of an installed package is ever loaded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from django.conf import settings

from integrations.transport.contract import Connector

GROUP = "plumbline.connectors"


class RefusedConnector(LookupError):
    """A connector is allowed and cannot be used as it is installed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """An allowed connector that is installed. `package` and `version` are of the distribution that brings it."""

    key: str
    package: str
    version: str
    entry: EntryPoint

    @property
    def origin(self) -> str:
        """Package and version, as shown."""
        return f"{self.package} {self.version}"

    def load(self) -> type[Connector]:
        """The connector class. Raises RefusedConnector when it is none, or says another key than it is allowed under."""
        loaded = self.entry.load()
        missing = [
            name for name in ("KEY", "NAME", "VERSION", "SETTINGS", "STREAMS", "identify", "probe", "collect") if not hasattr(loaded, name)
        ]
        if missing:
            raise RefusedConnector(f"{self.entry.value} of {self.origin} is no connector: it lacks {', '.join(missing)}")
        if self.key != loaded.KEY:
            raise RefusedConnector(f"{self.origin} offers “{self.key}”, and its connector calls itself “{loaded.KEY}”; they must agree")
        return loaded


def allowed_connectors() -> tuple[str, ...]:
    """CONNECTORS_ALLOWED, empty where no settings are read (a tool without Django)."""
    return settings.CONFIGURATION.connectors_allowed if settings.configured else ()


def third_party(allowed: Iterable[str], own: Iterable[str]) -> Mapping[str, ThirdParty]:
    """Allowed and installed connectors by key. Raises RefusedConnector for one that is not installed, is installed twice, in another
    version than allowed, or under the name of one of ours."""
    return dict(_found(tuple(allowed), tuple(own)))


@lru_cache(maxsize=8)
def _found(allowed: tuple[str, ...], own: tuple[str, ...]) -> tuple[tuple[str, ThirdParty], ...]:
    offered = entry_points(group=GROUP) if allowed else ()
    return tuple((key, each) for key, each in (_checked(name, offered, own) for name in allowed))


def _checked(name: str, offered: Iterable[EntryPoint], own: tuple[str, ...]) -> tuple[str, ThirdParty]:
    key, _sign, version = name.partition("==")
    if key in own:
        raise RefusedConnector(f"CONNECTORS_ALLOWED names {key}, which is one of our own; a package cannot take its place")
    found = [each for each in offered if each.name == key]
    if not found:
        raise RefusedConnector(
            f"CONNECTORS_ALLOWED names {key}, and no installed package offers it under {GROUP}; install it, or take it out"
        )
    packages = {each.dist.name for each in found if each.dist is not None}
    if len(packages) > 1:
        raise RefusedConnector(f"{', '.join(sorted(packages))} all offer {key}; keep one of them installed")
    dist = found[0].dist
    installed = dist.version if dist is not None else ""
    if version and version != installed:
        raise RefusedConnector(f"CONNECTORS_ALLOWED asks for {key}=={version}, installed is {installed}; install that, or allow this one")
    return key, ThirdParty(key, dist.name if dist is not None else key, installed, found[0])
