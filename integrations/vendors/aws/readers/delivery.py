"""Reads load balancers with their listeners, distributions and certificates."""

from collections.abc import Iterator
from functools import partial

from evidence.facts.certificate.v1 import Certificate
from evidence.facts.distribution.v1 import Distribution
from evidence.facts.listener.v1 import Listener
from evidence.facts.load_balancer.v1 import LoadBalancer
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.delivery import v1 as collector
from integrations.vendors.aws.collectors.typed import Row, inner, rows, subject, word
from integrations.vendors.aws.readers.fan import for_each, for_each_present
from integrations.vendors.aws.reading import Reader, Reading

_BALANCERS, _LISTENERS, _POLICIES = "elbv2:DescribeLoadBalancers", "elbv2:DescribeListeners", "elbv2:DescribeSSLPolicies"
_ATTRIBUTES, _WEB_FIREWALL = "elbv2:DescribeLoadBalancerAttributes", "wafv2:GetWebACLForResource"
_GONE = frozenset({"LoadBalancerNotFound"})
# ListCertificates leaves out every key type but RSA up to 2048 bits unless all are named (ACM API reference, Filters).
_EVERY_KEY = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=LoadBalancer.KIND,
        title="Load balancers",
        operations=(_BALANCERS, _ATTRIBUTES, _WEB_FIREWALL),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind=Listener.KIND,
        title="Listeners of load balancers",
        operations=(_BALANCERS, _LISTENERS, _POLICIES),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
    Stream(
        kind=Distribution.KIND,
        title="CloudFront distributions",
        operations=("cloudfront:ListDistributions",),
        completeness=Completeness.LAST_PAGE,
    ),
    Stream(
        kind=Certificate.KIND,
        title="Certificates",
        operations=("acm:ListCertificates", "acm:DescribeCertificate"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="private keys",
    ),
)


def _balancers(reading: Reading, region: str, kind: str) -> list[tuple[Row, AwsPage]]:
    pages = reading.pages(_BALANCERS, region=region, kind=kind)
    return [(row, page) for page in pages for row in rows(page.data, "LoadBalancers")]


def read_load_balancers(reading: Reading) -> Iterator[Observation]:
    """Load balancers of every region."""
    yield from reading.by_region(LoadBalancer.KIND, partial(_load_balancers, reading))


def _load_balancers(reading: Reading, region: str) -> Iterator[Observation]:
    balancers = _balancers(reading, region, LoadBalancer.KIND)
    yield from for_each_present(balancers, lambda each: _load_balancer(reading, region, *each))


def _load_balancer(reading: Reading, region: str, row: Row, page: AwsPage) -> Observation | None:
    kind, arn, call = LoadBalancer.KIND, subject(row, "LoadBalancerArn"), reading.client.one
    attributes = reading.part(
        kind, _ATTRIBUTES, lambda: call(operation=_ATTRIBUTES, region=region, parameters={"LoadBalancerArn": arn}, kind=kind, absent=_GONE)
    )
    if attributes is not None and attributes.absent:
        return None
    web, answer = "", None
    if row.get("Type") == "application" and collector.faces_internet(row):
        answer = reading.part(
            kind, _WEB_FIREWALL, lambda: call(operation=_WEB_FIREWALL, region=region, parameters={"ResourceArn": arn}, kind=kind)
        )
        web = None if answer is None else word(inner(answer.data, "WebACL"), "ARN")
    fact = collector.load_balancer(row, region=region, attributes=None if attributes is None else attributes.data, web_firewall=web)
    return Observation(fact=fact, pages=tuple(each.digest for each in (page, attributes, answer) if each is not None and each.digest))


def read_listeners(reading: Reading) -> Iterator[Observation]:
    """Listeners of every load balancer of every region."""
    yield from reading.by_region(Listener.KIND, partial(_listeners, reading))


def _listeners(reading: Reading, region: str) -> Iterator[Observation]:
    kind = Listener.KIND
    balancers = _balancers(reading, region, kind)
    if not balancers:
        return
    listed = reading.part(kind, _POLICIES, lambda: reading.pages(_POLICIES, region=region, parameters={"PageSize": 400}, kind=kind))
    known = None if listed is None else {name: versions for page in listed for name, versions in collector.policies(page.data).items()}
    policy_pages = [page.digest for page in listed or ()]

    def read(found: tuple[Row, AwsPage]) -> list[Observation]:
        balancer, page = found
        made = []
        parameters = {"LoadBalancerArn": word(balancer, "LoadBalancerArn"), "PageSize": 400}
        for answer in reading.client.call(operation=_LISTENERS, region=region, parameters=parameters, kind=kind, absent=_GONE):
            for row in rows(answer.data, "Listeners"):
                fact = collector.listener(row, region=region, balancer=balancer, known=known)
                made.append(Observation(fact=fact, pages=(answer.digest, page.digest, *policy_pages)))
        return made

    for made in for_each(balancers, read):
        yield from made


def read_distributions(reading: Reading) -> Iterator[Observation]:
    """Distributions of the account; CloudFront is one service for all regions."""
    for page in reading.client.call(operation="cloudfront:ListDistributions", kind=Distribution.KIND):
        for row in rows(inner(page.data, "DistributionList"), "Items"):
            yield Observation(fact=collector.distribution(row), pages=(page.digest,))


def read_certificates(reading: Reading) -> Iterator[Observation]:
    """Certificates of every region and key type."""
    yield from reading.by_region(Certificate.KIND, partial(_certificates, reading))


def _certificates(reading: Reading, region: str) -> Iterator[Observation]:
    kind = Certificate.KIND
    parameters = {"Includes": {"keyTypes": _EVERY_KEY}, "MaxItems": 1000}
    pages = reading.client.call(operation="acm:ListCertificates", region=region, parameters=parameters, kind=kind)
    listed = [(row, page) for page in pages for row in rows(page.data, "CertificateSummaryList")]
    yield from for_each_present(listed, lambda found: _certificate(reading, region, *found))


def _certificate(reading: Reading, region: str, row: Row, page: AwsPage) -> Observation | None:
    kind, operation = Certificate.KIND, "acm:DescribeCertificate"
    if collector.is_whole_summary(row):
        return Observation(fact=collector.certificate(row, region=region, detail=None), pages=(page.digest,))

    def describe() -> AwsPage:
        gone = frozenset({"ResourceNotFoundException"})
        parameters = {"CertificateArn": subject(row, "CertificateArn")}
        return reading.client.one(operation=operation, region=region, parameters=parameters, kind=kind, absent=gone)

    detail = reading.part(kind, operation, describe)
    if detail is not None and detail.absent:
        return None
    fact = collector.certificate(row, region=region, detail=None if detail is None else detail.data)
    return Observation(fact=fact, pages=(page.digest,) if detail is None else (page.digest, detail.digest))


READERS: dict[str, Reader] = {
    LoadBalancer.KIND: read_load_balancers,
    Listener.KIND: read_listeners,
    Distribution.KIND: read_distributions,
    Certificate.KIND: read_certificates,
}
