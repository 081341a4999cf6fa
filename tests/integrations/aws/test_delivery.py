"""Load balancers, distributions and certificates through HTTP: what is set at AWS is what the checks judge."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controls.outcomes import Outcome
from evidence.facts.certificate.v1 import Certificate
from evidence.facts.distribution.v1 import Distribution
from evidence.facts.listener.v1 import Listener
from evidence.facts.load_balancer.v1 import LoadBalancer
from integrations.errors import PermissionMissing
from integrations.sandbox.aws.server import Sandbox
from integrations.vendors.aws.collectors.delivery import v1 as collector
from tests.controls.checks.judging import outcome
from tests.integrations.aws.scanning import owner, reading

TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
SAME_PROTOCOL = {"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}", "Path": "/new", "StatusCode": "HTTP_301"}}
ANSWER = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}


def balancer(aws: Sandbox, name: str, *, form: str = "application", scheme: str = "internet-facing") -> str:
    subnets = [each["SubnetId"] for each in owner(aws, "ec2").describe_subnets()["Subnets"]][:2]
    made = owner(aws, "elbv2").create_load_balancer(Name=name, Subnets=subnets, Scheme=scheme, Type=form)
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def listen(aws: Sandbox, arn: str, port: int, action: dict, **more) -> None:
    owner(aws, "elbv2").create_listener(LoadBalancerArn=arn, Port=port, DefaultActions=[action], **{"Protocol": "HTTP", **more})


def read(aws: Sandbox, kind: str) -> dict:
    with reading(aws, (kind,)) as reader:
        found = reader.facts(kind)
        assert reader.context.faults(kind) == ()
        return found


def test_http_listeners_are_judged_by_where_they_send_callers(aws):
    front, inside = balancer(aws, "front"), balancer(aws, "inside", scheme="internal")
    listen(aws, front, 80, TO_HTTPS)
    listen(aws, front, 8080, ANSWER)
    listen(aws, front, 8081, SAME_PROTOCOL)
    listen(aws, inside, 80, ANSWER)
    judged = {name: outcome("aws.elb.https_only", fact) for name, fact in read(aws, Listener.KIND).items()}
    assert judged == {
        "front HTTP:80": Outcome.PASS,
        "front HTTP:8080": Outcome.FAIL,
        "front HTTP:8081": Outcome.FAIL,
        "inside HTTP:80": Outcome.NOT_APPLICABLE,
    }


def secured(aws: Sandbox) -> None:
    certificate = owner(aws, "acm").request_certificate(DomainName="fernhill.example", ValidationMethod="DNS")["CertificateArn"]
    front = balancer(aws, "front")
    for port, policy in ((443, "ELBSecurityPolicy-TLS-1-2-2017-01"), (8443, "ELBSecurityPolicy-2016-08")):
        listen(aws, front, port, ANSWER, Protocol="HTTPS", SslPolicy=policy, Certificates=[{"CertificateArn": certificate}])


def test_tls_listeners_are_judged_by_the_versions_that_their_policy_offers(aws):
    secured(aws)
    judged = {name: outcome("aws.elb.tls12", fact) for name, fact in read(aws, Listener.KIND).items()}
    assert judged == {"front HTTPS:443": Outcome.PASS, "front HTTPS:8443": Outcome.FAIL}


def test_denied_policies_leave_tls_listeners_without_an_answer(aws):
    secured(aws)
    aws.faults.add("elbv2:DescribeSSLPolicies", "denied", times=100)
    with reading(aws, (Listener.KIND,)) as reader:
        found = reader.facts(Listener.KIND)
        assert [each.operation for each in reader.context.faults(Listener.KIND)] == ["elbv2:DescribeSSLPolicies"]
    assert {outcome("aws.elb.tls12", each) for each in found.values()} == {Outcome.NO_DATA}


def test_denied_listeners_are_a_stream_that_was_not_read(aws):
    secured(aws)
    aws.faults.add("elbv2:DescribeListeners", "denied", times=100)
    with reading(aws, (Listener.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(Listener.KIND)


def test_load_balancers_are_judged_by_web_firewall_and_access_log(aws):
    guarded, bare = balancer(aws, "guarded"), balancer(aws, "bare")
    balancer(aws, "streams", form="network")
    balancer(aws, "inside", scheme="internal")
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "web"}
    waf = owner(aws, "wafv2")
    acl = waf.create_web_acl(Name="web", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible, Rules=[])
    waf.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=guarded)
    owner(aws, "elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=guarded, Attributes=[{"Key": "access_logs.s3.enabled", "Value": "true"}]
    )
    found = read(aws, LoadBalancer.KIND)
    assert found["bare"].subject == bare
    assert {name: outcome("aws.elb.waf", fact) for name, fact in found.items()} == {
        "guarded": Outcome.PASS,
        "bare": Outcome.FAIL,
        "streams": Outcome.NOT_APPLICABLE,
        "inside": Outcome.NOT_APPLICABLE,
    }
    assert outcome("aws.elb.access_logs", found["guarded"]) is Outcome.PASS
    assert outcome("aws.elb.access_logs", found["bare"]) is Outcome.FAIL


@pytest.mark.parametrize(
    ("operation", "check"),
    [("wafv2:GetWebACLForResource", "aws.elb.waf"), ("elbv2:DescribeLoadBalancerAttributes", "aws.elb.access_logs")],
)
def test_a_denied_call_leaves_a_load_balancer_without_an_answer(aws, operation, check):
    balancer(aws, "front")
    aws.faults.add(operation, "denied", times=100)
    with reading(aws, (LoadBalancer.KIND,)) as reader:
        front = reader.facts(LoadBalancer.KIND)["front"]
        assert [each.operation for each in reader.context.faults(LoadBalancer.KIND)] == [operation]
    assert outcome(check, front) is Outcome.NO_DATA


# -- distributions


def distribution(aws: Sandbox, name: str, policy: str, certificate: dict | None = None, *, enabled: bool = True) -> str:
    forwarded = {"QueryString": False, "Cookies": {"Forward": "none"}}
    config = {
        "CallerReference": name,
        "Comment": name,
        "Enabled": enabled,
        "Origins": {
            "Quantity": 1,
            "Items": [{"Id": "o", "DomainName": "o.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}],
        },
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": policy, "MinTTL": 0, "ForwardedValues": forwarded},
        **({"ViewerCertificate": certificate} if certificate else {}),
    }
    return owner(aws, "cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["ARN"]


def own_certificate(minimum: str) -> dict:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    return {
        "ACMCertificateArn": arn,
        "SSLSupportMethod": "sni-only",
        "MinimumProtocolVersion": minimum,
        "CloudFrontDefaultCertificate": False,
    }


def test_distributions_are_judged_by_protocol_policy_and_security_policy(aws):
    expected = {
        distribution(aws, "shop", "redirect-to-https", own_certificate("TLSv1.2_2021")): Outcome.PASS,
        distribution(aws, "old", "https-only", own_certificate("TLSv1.1_2016")): Outcome.FAIL,
        distribution(aws, "clear", "allow-all", own_certificate("TLSv1.2_2021")): Outcome.FAIL,
        distribution(aws, "plain", "https-only"): Outcome.FAIL,
        distribution(aws, "off", "allow-all", enabled=False): Outcome.NOT_APPLICABLE,
    }
    with reading(aws, (Distribution.KIND,)) as reader:
        facts = [each.fact for each in reader.observations(Distribution.KIND)]
    assert {each.subject: outcome("aws.cloudfront.tls", each) for each in facts} == expected


def test_denied_distributions_are_a_stream_that_was_not_read(aws):
    aws.faults.add("cloudfront:ListDistributions", "denied", times=100)
    with reading(aws, (Distribution.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(Distribution.KIND)


# -- certificates


def imported(aws: Sandbox, name: str, days: int) -> str:
    """An imported certificate with an elliptic-curve key, which ListCertificates leaves out unless asked for."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return owner(aws, "acm").import_certificate(Certificate=made.public_bytes(serialization.Encoding.PEM), PrivateKey=private)[
        "CertificateArn"
    ]


def test_certificates_of_every_key_type_are_judged_by_their_end(aws):
    later, soon = imported(aws, "shop.fernhill.example", 90), imported(aws, "old.fernhill.example", 20)
    imported(aws, "spare.fernhill.example", 5)
    front = balancer(aws, "front")
    for port, arn in ((443, later), (8443, soon)):
        listen(aws, front, port, ANSWER, Protocol="HTTPS", Certificates=[{"CertificateArn": arn}])
    found = read(aws, Certificate.KIND)
    now = datetime.now(UTC)
    assert {name: outcome("aws.acm.cert_30d", fact, now=now) for name, fact in found.items()} == {
        "shop.fernhill.example": Outcome.PASS,
        "old.fernhill.example": Outcome.FAIL,
        "spare.fernhill.example": Outcome.NOT_APPLICABLE,
    }


def test_a_summary_that_says_too_little_is_completed_by_the_certificate_itself():
    summary = {"CertificateArn": "arn:c", "DomainName": "fernhill.example"}
    assert not collector.is_whole_summary(summary)
    detail = {"Certificate": {"InUseBy": ["arn:lb"], "NotAfter": datetime(2026, 5, 3, tzinfo=UTC), "Status": "ISSUED"}}
    fact = collector.certificate(summary, region="eu-central-1", detail=detail)
    assert (fact.in_use, fact.expires) == (True, "2026-05-03T00:00:00Z")
    assert collector.certificate(summary, region="eu-central-1", detail=None).in_use is None


def test_denied_certificates_are_a_stream_that_was_not_read(aws):
    aws.faults.add("acm:ListCertificates", "denied", times=100)
    with reading(aws, (Certificate.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(Certificate.KIND)
