"""What stands between a connector and the world: addresses, quota, ledger, spool, context."""

import hashlib
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from integrations.errors import Cancelled, ForbiddenAddress, PartialResult, QuotaShareReached, Transient
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.ledger import Call, Ledger
from integrations.transport.quota import MemoryQuota
from integrations.transport.redis_quota import RedisQuota
from integrations.transport.spool import Spool

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTS = ("api.github.com", ".amazonaws.com")


@pytest.fixture
def names(monkeypatch):
    """The name service, as this machine would be told: `names["api.github.com"] = "10.0.0.1"`."""
    told = {}

    def answer(host, *_rest, **_more):
        if host not in told:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in told[host].split()]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return told


# -- addresses -------------------------------------------------------------------------------------------------------------


def test_a_vendors_host_on_the_public_internet_may_be_called(names):
    names["api.github.com"] = "140.82.121.6 2606:50c0:8000::153"
    assert check_address("https://api.github.com/orgs/fernhill", hosts=HOSTS) is None


@pytest.mark.parametrize(
    "answer",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::", "ff02::1",
    ],
)  # fmt: skip
def test_a_vendors_name_that_leads_inside_is_refused(names, answer):
    names["api.github.com"] = answer
    with pytest.raises(ForbiddenAddress, match="not on the public internet"):
        check_address("https://api.github.com/", hosts=HOSTS)


def test_one_inside_address_among_public_ones_is_enough_to_refuse(names):
    names["api.github.com"] = "140.82.121.6 169.254.169.254"
    with pytest.raises(ForbiddenAddress):
        check_address("https://api.github.com/", hosts=HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://attacker.example/next?page=2",
        "https://api.github.com.attacker.example/",
        "https://attackeramazonaws.com/",
        "https://amazonaws.com.attacker.example/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
    ],
)
def test_another_host_is_refused_wherever_a_redirect_or_next_link_leads(names, url):
    with pytest.raises(ForbiddenAddress, match="not one of the connector's hosts"):
        check_address(url, hosts=HOSTS)


@pytest.mark.parametrize(
    "url", ["https://api.github.com@attacker.example/", "https://user:secret@api.github.com/", "https://api.github.com:secret@10.0.0.1/"]
)
def test_an_address_with_a_user_name_is_refused(names, url):
    names["api.github.com"] = "140.82.121.6"
    with pytest.raises(ForbiddenAddress):
        check_address(url, hosts=HOSTS)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://api.github.com/", "//api.github.com/", "api.github.com", "", "https://"])
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ForbiddenAddress, match="no web address"):
        check_address(url, hosts=HOSTS)


def test_plain_http_is_refused_unless_the_operator_allows_the_address(names):
    names["api.github.com"] = "140.82.121.6"
    with pytest.raises(ForbiddenAddress, match="without TLS"):
        check_address("http://api.github.com/", hosts=HOSTS)
    assert check_address("http://127.0.0.1:8190/", hosts=("127.0.0.1",), allow=("127.0.0.1",)) is None


def test_the_operator_allows_a_network_or_a_name_and_nothing_beside_it(names):
    names["git.fernhill.example"] = "10.20.0.7"
    hosts = ("git.fernhill.example",)
    assert check_address("https://git.fernhill.example/", hosts=hosts, allow=("10.20.0.0/16",)) is None
    assert check_address("http://git.fernhill.example/", hosts=hosts, allow=("git.fernhill.example",)) is None
    with pytest.raises(ForbiddenAddress):
        check_address("https://git.fernhill.example/", hosts=hosts, allow=("10.21.0.0/16",))
    names["git.fernhill.example"] = "10.20.0.7 10.99.0.7"
    with pytest.raises(ForbiddenAddress):
        check_address("https://git.fernhill.example/", hosts=hosts, allow=("10.20.0.0/16",))


def test_a_name_that_does_not_resolve_may_be_tried_later(names):
    with pytest.raises(Transient, match="does not resolve"):
        check_address("https://api.github.com/", hosts=HOSTS)


# -- quota -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def redis():
    client = Redis.from_url(os.environ["REDIS_URL"])
    for key in client.scan_iter("plumbline:quota:*"):
        client.delete(key)
    yield client
    client.close()


def shared(redis, account="fernhill", **more):
    return RedisQuota(redis, "github", account, clock=lambda: NOON, **more)


@pytest.fixture(params=["memory", "redis"])
def quota(request):
    """Half of each bucket, by both implementations."""
    return MemoryQuota() if request.param == "memory" else shared(request.getfixturevalue("redis"))


def left(quota, bucket="core"):
    """How many calls may still be made."""
    for number in range(10_000):
        try:
            quota.spend(bucket)
        except QuotaShareReached:
            return number
    raise AssertionError("endless")


def test_what_nobody_told_of_is_not_limited(quota):
    quota.spend("core", 1000)


def test_half_of_the_bucket_is_left_to_the_customer_and_the_rest_waits_for_the_reset(quota):
    quota.learn("core", limit=100, remaining=60, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 10
    with pytest.raises(QuotaShareReached, match="our share is 50%") as raised:
        quota.spend("core")
    assert raised.value.retry_at == NOON + timedelta(minutes=20)


def test_a_bucket_that_others_have_drained_is_not_touched(quota):
    quota.learn("core", limit=100, remaining=12, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 0


def test_buckets_are_counted_apart(quota):
    quota.learn("core", limit=100, remaining=50, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 0
    quota.spend("graphql")


def test_two_workers_share_one_bucket_and_accounts_do_not(redis):
    one, other, elsewhere = shared(redis), shared(redis), shared(redis, "brackwater")
    one.learn("core", limit=100, remaining=60, resets_at=NOON + timedelta(minutes=20))
    assert left(other) == 10
    assert left(one) == 0
    elsewhere.spend("core")


def test_threads_of_two_workers_never_spend_more_than_the_share(redis):
    workers = [shared(redis), shared(redis)]
    workers[0].learn("core", limit=1000, remaining=600, resets_at=NOON + timedelta(minutes=20))
    made, guard = [], threading.Lock()

    def spend(number):
        try:
            workers[number % 2].spend("core")
        except QuotaShareReached:
            return
        with guard:
            made.append(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spend, range(400)))
    assert len(made) == 100


def test_an_answer_that_was_overtaken_gives_no_quota_back(redis):
    quota = shared(redis)
    quota.learn("core", limit=100, remaining=55, resets_at=NOON + timedelta(minutes=20))
    quota.spend("core", 3)
    quota.learn("core", limit=100, remaining=54, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 2
    quota.learn("core", limit=100, remaining=99, resets_at=NOON + timedelta(minutes=5))
    assert left(quota) == 0


def test_a_new_window_opens_the_bucket_again(redis):
    now = [NOON]
    quota = RedisQuota(redis, "github", "fernhill", clock=lambda: now[0])
    quota.learn("core", limit=100, remaining=50, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 0
    now[0] = NOON + timedelta(minutes=20)
    quota.spend("core")
    quota.learn("core", limit=100, remaining=99, resets_at=NOON + timedelta(minutes=80))
    assert left(quota) == 49


def test_a_bucket_is_forgotten_after_its_window(redis):
    shared(redis).learn("core", limit=100, remaining=50, resets_at=NOON + timedelta(minutes=20))
    (key,) = list(redis.scan_iter("plumbline:quota:*"))
    assert key == b"plumbline:quota:github:fernhill:core"
    assert 20 * 60 < redis.ttl(key) <= 22 * 60


def test_without_redis_a_worker_goes_on_with_what_it_knows_itself():
    quota = RedisQuota(Redis(port=1, socket_connect_timeout=0.2), "github", "fernhill", clock=lambda: NOON)
    quota.spend("core")
    quota.learn("core", limit=100, remaining=52, resets_at=NOON + timedelta(minutes=20))
    assert left(quota) == 2


# -- ledger, spool, context ------------------------------------------------------------------------------------------------


def call(operation):
    return Call(operation=operation, started_at=NOON, finished_at=NOON)


def test_the_ledger_keeps_calls_in_order_and_tells_of_each():
    heard = []
    ledger = Ledger(heard.append)
    for operation in ("iam:ListUsers", "s3:ListBuckets"):
        ledger.add(call(operation))
    assert [each.operation for each in ledger.calls()] == ["iam:ListUsers", "s3:ListBuckets"]
    assert heard == list(ledger.calls())


def test_no_call_of_many_threads_is_lost():
    ledger = Ledger()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ledger.add(call(f"call {number}")), range(2000)))
    assert {each.operation for each in ledger.calls()} == {f"call {number}" for number in range(2000)}
    assert len(ledger) == 2000


def test_a_page_is_kept_byte_for_byte_under_its_digest_and_once():
    raw = b'{"name":"\x00\xff <script>"}'
    with Spool() as spool:
        assert spool.put(raw) == spool.put(raw) == hashlib.sha256(raw).hexdigest()
        assert spool.get(hashlib.sha256(raw).hexdigest()) == raw
        assert spool.digests() == {hashlib.sha256(raw).hexdigest()}
        with pytest.raises(KeyError):
            spool.get("0" * 64)


def test_nothing_of_a_run_stays_on_disk_and_nobody_else_can_read_it_meanwhile():
    with Spool() as spool:
        spool.put(b"page")
        folder = spool._folder.name
        assert os.stat(folder).st_mode & 0o077 == 0
    assert not os.path.exists(folder)


@pytest.fixture
def context():
    with Spool() as spool:
        yield Context(settings={}, secrets={}, kinds=frozenset({"account"}), spool=spool, clock=lambda: NOON)


def test_a_context_gathers_faults_skips_totals_and_cursors_by_kind(context):
    fault = PartialResult("cut at 1000", partition="eu-west-1")
    context.fault("account", fault)
    context.skip("account", "us-east-1", "refused by policy")
    context.expect("account", 12)
    context.achieved("account", "total")
    context.advance("account", {"page": "3"})
    assert context.faults("account") == (fault,)
    assert context.skips("account") == (("us-east-1", "refused by policy"),)
    assert (context.total("account"), context.completeness("account"), context.advanced("account")) == (12, "total", {"page": "3"})
    assert (context.faults("change"), context.skips("change"), context.total("change"), context.advanced("change")) == ((), (), None, None)
    assert context.now() == NOON


def test_a_cancelled_run_stops_at_the_next_page(context):
    context.check_cancelled()
    context.is_cancelled = lambda: True
    with pytest.raises(Cancelled):
        context.check_cancelled()
