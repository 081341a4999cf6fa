"""Buckets tagged confidential use SSE-KMS with a customer managed key (CC6.1, C1.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.selectors import matches
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"confidential_tags": ["*=confidential", "confidential=true", "confidential=yes"]}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """SSE-KMS (single or dual layer) with a customer managed key; the key alias/aws/s3 belongs to the vendor."""
    if fact.tags is None:
        return no_data("its tags were not observed, so whether it is confidential is not known")
    if not matches(fact.tags, parameters["confidential_tags"]):  # type: ignore[arg-type]
        return not_applicable("not tagged as confidential")
    if fact.encryption is None or fact.key is None:
        return no_data("its default encryption was not observed")
    if not fact.encryption.startswith("aws:kms"):
        return failed(f"default encryption is {fact.encryption or 'absent'}, with a key that the vendor keeps")
    if not fact.key or fact.key.endswith("alias/aws/s3"):
        return failed("default encryption uses the vendor's key aws/s3")
    return passed(f"default encryption uses the key {fact.key}")
