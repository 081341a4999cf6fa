"""What faces customers: load balancers, listeners, distributions and certificates, from the services' answers to facts."""

from collections.abc import Mapping

from evidence.facts.certificate.v1 import Certificate
from evidence.facts.distribution.v1 import Distribution, PathPolicy
from evidence.facts.listener.v1 import Listener
from evidence.facts.load_balancer.v1 import LoadBalancer
from integrations.vendors.aws.collectors.typed import Row, flag, inner, instant, number, rows, subject, text, texts, word

Policies = Mapping[str, tuple[str, ...]]


def faces_internet(balancer: Row) -> bool | None:
    """By the scheme; a gateway load balancer has none and faces no one."""
    scheme = text(balancer, "Scheme")
    if scheme is None:
        return False if balancer.get("Type") == "gateway" else None
    return scheme == "internet-facing"


def load_balancer(row: Row, *, region: str, attributes: Row | None, web_firewall: str | None) -> LoadBalancer:
    """A balancer of DescribeLoadBalancers with DescribeLoadBalancerAttributes' answer and the ARN of its Web ACL ("" for none)."""
    return LoadBalancer(
        subject=subject(row, "LoadBalancerArn"),
        name=word(row, "LoadBalancerName"),
        region=region,
        form=word(row, "Type"),
        internet_facing=faces_internet(row),
        web_firewall=web_firewall,
        access_log=_access_log(attributes, word(row, "Type")),
    )


def _access_log(attributes: Row | None, form: str) -> bool | None:
    """Off unless it says otherwise, as ELB documents; a gateway load balancer has no such log."""
    if attributes is None or form == "gateway":
        return None
    listed = {word(each, "Key"): word(each, "Value") for each in rows(attributes, "Attributes")}
    return listed.get("access_logs.s3.enabled", "false").lower() == "true"


def policies(answer: Row) -> dict[str, tuple[str, ...]]:
    """TLS versions by the name of a policy, of one page of DescribeSSLPolicies."""
    return {word(each, "Name"): texts(each, "SslProtocols") or () for each in rows(answer, "SslPolicies")}


def listener(row: Row, *, region: str, balancer: Row, known: Policies | None) -> Listener:
    """A listener of DescribeListeners; `known` are the region's TLS policies, None when not read."""
    action = _last_action(rows(row, "DefaultActions"))
    redirect = inner(action, "RedirectConfig")
    protocol = word(row, "Protocol")
    policy = word(row, "SslPolicy") if protocol in ("HTTPS", "TLS") else ""
    target = word(redirect, "Protocol") if action.get("Type") == "redirect" else ""
    return Listener(
        subject=subject(row, "ListenerArn"),
        name=f"{word(balancer, 'LoadBalancerName')} {protocol}:{number(row, 'Port') or ''}",
        region=region,
        load_balancer=word(balancer, "LoadBalancerArn"),
        internet_facing=faces_internet(balancer),
        protocol=protocol,
        port=number(row, "Port"),
        default_action=word(action, "Type"),
        redirects_to=protocol if target == "#{protocol}" else target.upper(),
        tls_policy=policy,
        protocols=() if not policy else None if known is None else known.get(policy),
    )


def _last_action(actions: list[Row]) -> Row:
    """The action that answers: authentication may come before it."""
    return max(actions, key=lambda each: number(each, "Order") or 0, default={})


def distribution(row: Row) -> Distribution:
    """A distribution of ListDistributions."""
    certificate = inner(row, "ViewerCertificate")
    own_name = flag(certificate, "CloudFrontDefaultCertificate")
    return Distribution(
        subject=subject(row, "ARN"),
        name=word(row, "DomainName"),
        enabled=flag(row, "Enabled"),
        aliases=texts(inner(row, "Aliases"), "Items") or (),
        viewer_policies=_viewer_policies(row),
        default_certificate=own_name if own_name is not None or not certificate else False,
        minimum_tls=text(certificate, "MinimumProtocolVersion"),
    )


def _viewer_policies(row: Row) -> tuple[PathPolicy, ...] | None:
    default = text(inner(row, "DefaultCacheBehavior"), "ViewerProtocolPolicy")
    if default is None:
        return None
    others = [
        PathPolicy(path=word(each, "PathPattern"), policy=word(each, "ViewerProtocolPolicy"))
        for each in rows(inner(row, "CacheBehaviors"), "Items")
    ]
    return (PathPolicy(path="*", policy=default), *sorted(others, key=lambda each: each.path))


def is_whole_summary(row: Row) -> bool:
    """Whether ListCertificates said enough; else DescribeCertificate is asked."""
    return flag(row, "InUse") is not None and (instant(row, "NotAfter") is not None or word(row, "Status") != "ISSUED")


def certificate(row: Row, *, region: str, detail: Row | None) -> Certificate:
    """A certificate of ListCertificates; `detail` is DescribeCertificate's answer where the summary did not suffice."""
    more = inner(detail or {}, "Certificate")
    used = flag(row, "InUse")
    if used is None and isinstance(more.get("InUseBy"), list):
        used = bool(more["InUseBy"])
    status = word(row, "Status") or word(more, "Status")
    expires = instant(row, "NotAfter") or instant(more, "NotAfter")
    return Certificate(
        subject=subject(row, "CertificateArn"),
        name=word(row, "DomainName"),
        region=region,
        domain=word(row, "DomainName"),
        origin=word(row, "Type") or word(more, "Type"),
        status=status,
        in_use=used,
        expires=expires or ("" if status in ("PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT") else None),
    )
