"""Checks of load balancers, distributions and certificates: passing, failing, absent, denied."""

from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from evidence.facts.certificate.v1 import Certificate
from evidence.facts.distribution.v1 import Distribution, PathPolicy
from evidence.facts.listener.v1 import Listener
from evidence.facts.load_balancer.v1 import LoadBalancer
from tests.controls.checks.judging import judged, outcome


def listener(**known) -> Listener:
    return Listener(**{"subject": "l", "internet_facing": True, "protocol": "HTTP", "port": 80, **known})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"default_action": "redirect", "redirects_to": "HTTPS"}, Outcome.PASS),
        ({"default_action": "redirect", "redirects_to": "HTTP"}, Outcome.FAIL),
        ({"default_action": "forward"}, Outcome.FAIL),
        ({"default_action": ""}, Outcome.FAIL),
        ({"default_action": "forward", "internet_facing": False}, Outcome.NOT_APPLICABLE),
        ({"default_action": "forward", "internet_facing": None}, Outcome.NO_DATA),
        ({"protocol": "HTTPS"}, Outcome.NOT_APPLICABLE),
        ({"protocol": "TCP"}, Outcome.NOT_APPLICABLE),
    ],
)
def test_an_http_listener_on_the_internet_must_send_callers_to_https(known, expected):
    assert outcome("aws.elb.https_only", listener(**known)) is expected


@pytest.mark.parametrize(
    ("protocol", "versions", "expected"),
    [
        ("HTTPS", ("TLSv1.2", "TLSv1.3"), Outcome.PASS),
        ("TLS", ("TLSv1.3",), Outcome.PASS),
        ("HTTPS", ("TLSv1", "TLSv1.1", "TLSv1.2"), Outcome.FAIL),
        ("HTTPS", (), Outcome.NO_DATA),
        ("HTTPS", None, Outcome.NO_DATA),
        ("HTTP", (), Outcome.NOT_APPLICABLE),
    ],
)
def test_a_listener_offers_no_old_tls(protocol, versions, expected):
    assert outcome("aws.elb.tls12", listener(protocol=protocol, tls_policy="some-policy", protocols=versions)) is expected


def balancer(**known) -> LoadBalancer:
    return LoadBalancer(**{"subject": "b", "form": "application", "internet_facing": True, **known})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"web_firewall": "arn:acl"}, Outcome.PASS),
        ({"web_firewall": ""}, Outcome.FAIL),
        ({"web_firewall": None}, Outcome.NO_DATA),
        ({"internet_facing": None}, Outcome.NO_DATA),
        ({"internet_facing": False}, Outcome.NOT_APPLICABLE),
        ({"form": "network"}, Outcome.NOT_APPLICABLE),
    ],
)
def test_an_application_load_balancer_on_the_internet_needs_a_web_firewall(known, expected):
    assert outcome("aws.elb.waf", balancer(**known)) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"access_log": True}, Outcome.PASS),
        ({"access_log": False}, Outcome.FAIL),
        ({"access_log": None}, Outcome.NO_DATA),
        ({"form": "gateway"}, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_load_balancer_logs_its_requests(known, expected):
    assert outcome("aws.elb.access_logs", balancer(**known)) is expected


def distribution(**known) -> Distribution:
    safe = {"enabled": True, "viewer_policies": (PathPolicy(path="*", policy="redirect-to-https"),), "default_certificate": False}
    return Distribution(**{"subject": "d", **safe, "minimum_tls": "TLSv1.2_2021", **known})


@pytest.mark.parametrize("policy", ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"])
def test_a_distribution_with_https_and_a_current_security_policy_passes(policy):
    assert outcome("aws.cloudfront.tls", distribution(minimum_tls=policy)) is Outcome.PASS


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"viewer_policies": (PathPolicy(path="*", policy="allow-all"),)}, Outcome.FAIL),
        ({"viewer_policies": (PathPolicy(path="*", policy="https-only"), PathPolicy(path="/old", policy="allow-all"))}, Outcome.FAIL),
        ({"default_certificate": True, "minimum_tls": "TLSv1"}, Outcome.FAIL),
        ({"minimum_tls": "TLSv1.2_2019"}, Outcome.FAIL),
        ({"minimum_tls": "TLSv1.1_2016"}, Outcome.FAIL),
        ({"minimum_tls": "TLSv1"}, Outcome.FAIL),
        ({"minimum_tls": "SSLv3"}, Outcome.FAIL),
        ({"minimum_tls": "TLSv9_next"}, Outcome.NO_DATA),
        ({"minimum_tls": None}, Outcome.NO_DATA),
        ({"viewer_policies": None}, Outcome.NO_DATA),
        ({"enabled": False, "minimum_tls": "TLSv1"}, Outcome.NOT_APPLICABLE),
    ],
)
def test_a_distribution_that_answers_in_clear_or_with_old_tls_does_not_pass(known, expected):
    assert outcome("aws.cloudfront.tls", distribution(**known)) is expected


def certificate(**known) -> Certificate:
    return Certificate(**{"subject": "c", "in_use": True, "expires": "2026-05-03T23:59:59Z", **known})


def test_a_certificate_passes_until_thirty_days_before_its_end():
    judgement = judged("aws.acm.cert_30d", certificate())
    assert judgement.outcome is Outcome.PASS
    assert judgement.holds_until == datetime(2026, 4, 3, 23, 59, 59, tzinfo=UTC)
    assert judgement.reason == "expires on 2026-05-03"


def test_a_certificate_fails_from_that_instant_with_a_reason_that_never_changes():
    turn = datetime(2026, 4, 3, 23, 59, 59, tzinfo=UTC)
    first, later = (judged("aws.acm.cert_30d", certificate(), now=now) for now in (turn, datetime(2026, 6, 1, tzinfo=UTC)))
    assert first.outcome is Outcome.FAIL
    assert first == later


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"in_use": False, "expires": "2020-01-01T00:00:00Z"}, Outcome.NOT_APPLICABLE),
        ({"expires": ""}, Outcome.NOT_APPLICABLE),
        ({"expires": None}, Outcome.NO_DATA),
        ({"in_use": None}, Outcome.NO_DATA),
    ],
)
def test_unused_unissued_and_unread_certificates_do_not_pass(known, expected):
    assert outcome("aws.acm.cert_30d", certificate(**known)) is expected
