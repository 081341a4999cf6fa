"""A Kubernetes control plane run by a vendor (EKS)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesCluster(Fact):
    """`public_ranges`: who may reach the public endpoint. `secrets_key`: the key that encrypts secrets, "" when none of the owner's does.
    `logs`: kinds of control-plane log that are on, sorted."""

    KIND: ClassVar[str] = "kubernetes_cluster"
    VERSION: ClassVar[int] = 1

    version: str = ""
    public_endpoint: bool | None = None
    private_endpoint: bool | None = None
    public_ranges: tuple[str, ...] | None = None
    secrets_key: str | None = None
    logs: tuple[str, ...] | None = None
