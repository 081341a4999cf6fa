"""Reads S3: at most eight calls a bucket, in the bucket's own region; tags and trails are read for all buckets at once."""

from collections.abc import Iterator, Mapping

from evidence.facts.object_store.v1 import ObjectStore
from evidence.facts.tag import Tag
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.storage.v1 import BucketAnswers, Trail, object_store
from integrations.vendors.aws.collectors.typed import Row, rows, tags, text, word
from integrations.vendors.aws.readers.fan import for_each_present
from integrations.vendors.aws.reading import Reader, Reading

KIND = ObjectStore.KIND
GONE = "NoSuchBucket"
_OF_BUCKET: Mapping[str, str] = {
    "block": "s3:GetPublicAccessBlock",
    "access_list": "s3:GetBucketAcl",
    "policy": "s3:GetBucketPolicy",
    "encryption": "s3:GetBucketEncryption",
    "versioning": "s3:GetBucketVersioning",
    "logging": "s3:GetBucketLogging",
    "lifecycle": "s3:GetBucketLifecycleConfiguration",
}
_POLICY_STATUS = "s3:GetBucketPolicyStatus"
_TRAIL_OPERATIONS = ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors")

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=KIND,
        title="S3 buckets",
        operations=(
            "s3:ListBuckets",
            "s3:GetBucketLocation",
            *_OF_BUCKET.values(),
            _POLICY_STATUS,
            "s3control:GetPublicAccessBlock",
            "resourcegroupstaggingapi:GetResources",
            *_TRAIL_OPERATIONS,
        ),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="objects, their names and their contents",
    ),
)


def read_object_stores(reading: Reading) -> Iterator[Observation]:
    """All buckets of the account, region by region. A region left out by the connection's settings is recorded as skipped."""
    listed: dict[str, list[tuple[Row, AwsPage]]] = {}
    unplaced: list[tuple[Row, AwsPage]] = []
    for page in reading.client.call(operation="s3:ListBuckets", parameters={"MaxBuckets": 1000}, kind=KIND):
        for row in rows(page.data, "Buckets"):
            region = text(row, "BucketRegion")
            (listed.setdefault(region, []) if region else unplaced).append((row, page))
    for region, found in _placed(reading, unplaced):
        listed.setdefault(region, []).append(found)
    for region in sorted(listed.keys() - set(reading.regions)):
        reading.context.skip(KIND, region, "not among the regions that this connection reads")
    chosen = [each for each in reading.regions if each in listed]
    if chosen:
        yield from reading.by_region(KIND, lambda region: _buckets(reading, region, listed[region]), chosen)


def _placed(reading: Reading, unplaced: list[tuple[Row, AwsPage]]) -> Iterator[tuple[str, tuple[Row, AwsPage]]]:
    """The region of buckets whose row does not name it: by listing each region's own, and only what is left is asked singly
    (an empty answer means us-east-1)."""
    if not unplaced:
        return
    homes: dict[str, str] = {}
    for region in reading.regions:
        own = {"MaxBuckets": 1000, "BucketRegion": region}
        for page in reading.client.call(operation="s3:ListBuckets", region=region, parameters=own, kind=KIND):
            homes.update((word(row, "Name"), region) for row in rows(page.data, "Buckets"))
    for found in unplaced:
        name = word(found[0], "Name")
        yield homes[name] if name in homes else _asked_location(reading, name), found


def _asked_location(reading: Reading, name: str) -> str:
    answer = reading.client.one(operation="s3:GetBucketLocation", parameters={"Bucket": name}, kind=KIND, absent=frozenset({GONE}))
    named = word(answer.data, "LocationConstraint")
    return {"": "us-east-1", "EU": "eu-west-1"}.get(named, named)


def _buckets(reading: Reading, region: str, listed: list[tuple[Row, AwsPage]]) -> Iterator[Observation]:
    account = reading.part(KIND, "s3control:GetPublicAccessBlock", lambda: _account_block(reading))
    labels = reading.part(KIND, "resourcegroupstaggingapi:GetResources", lambda: _labels(reading, region))
    trails = _trails(reading, region)
    shared = [page for page in (account,) if page is not None]

    def read(found: tuple[Row, AwsPage]) -> Observation | None:
        row, page = found
        name = word(row, "Name")
        arn = f"arn:{reading.partition}:s3:::{name}"
        own = _own_answers(reading, region, name)
        if own is None:
            return None
        answers = BucketAnswers(
            **{field: None if each is None else each.data for field, each in own.items()},
            account_block=None if account is None else account.data,
            trails=None if trails is None else tuple(trail for trail, _ in trails),
            tags=None if labels is None else labels[0].get(arn, ()),
        )
        used = [page, *(each for each in own.values() if each is not None and each.digest), *shared]
        digests = [each.digest for each in used] + ([*labels[1]] if labels else []) + [one for _, made in trails or () for one in made]
        fact = object_store(name=name, arn=arn, region=region, answers=answers)
        return Observation(fact=fact, pages=tuple(dict.fromkeys(each for each in digests if each)))

    yield from for_each_present(listed, read)


def _account_block(reading: Reading) -> AwsPage:
    operation = "s3control:GetPublicAccessBlock"
    return reading.pages(operation, region=reading.client.region, parameters={"AccountId": reading.account}, kind=KIND)[0]


def _labels(reading: Reading, region: str) -> tuple[dict[str, tuple[Tag, ...]], list[str]]:
    parameters = {"ResourceTypeFilters": ["s3"], "ResourcesPerPage": 100}
    pages = reading.pages("resourcegroupstaggingapi:GetResources", region=region, parameters=parameters, kind=KIND)
    listed = [each for page in pages for each in rows(page.data, "ResourceTagMappingList")]
    return {word(each, "ResourceARN"): tags(rows(each, "Tags")) for each in listed}, [page.digest for page in pages]


def _own_answers(reading: Reading, region: str, name: str) -> dict[str, AwsPage | None] | None:
    """The answers about one bucket; None when it was deleted since it was listed. Without a policy its status is not asked."""
    found: dict[str, AwsPage | None] = {}
    for field, operation in _OF_BUCKET.items():
        found[field] = _ask(reading, operation, region, name)
        if found[field] is not None and found[field].absent == GONE:  # type: ignore[union-attr]
            return None
    policy = found["policy"]
    found["policy_status"] = policy if policy is not None and policy.absent else _ask(reading, _POLICY_STATUS, region, name)
    return found


def _ask(reading: Reading, operation: str, region: str, name: str) -> AwsPage | None:
    def call() -> AwsPage:
        return reading.client.one(operation=operation, region=region, parameters={"Bucket": name}, kind=KIND, absent=frozenset({GONE}))

    return reading.part(KIND, operation, call)


def _trails(reading: Reading, region: str) -> tuple[tuple[Trail, tuple[str, ...]], ...] | None:
    """The trails that reach the region, each with the digests of its answers; None when they may not be read."""

    def listed() -> tuple[AwsPage, ...]:
        return reading.pages("cloudtrail:DescribeTrails", region=region, kind=KIND)

    pages = reading.part(KIND, "cloudtrail:DescribeTrails", listed)
    if pages is None:
        return None
    found = []
    for page in pages:
        for row in rows(page.data, "trailList"):
            answers = [_of_trail(reading, operation, row) for operation in _TRAIL_OPERATIONS[1:]]
            if any(each is None for each in answers):
                return None
            status, selectors = answers
            found.append((Trail(row=row, status=status.data, selectors=selectors.data), (page.digest, status.digest, selectors.digest)))
    return tuple(found)


def _of_trail(reading: Reading, operation: str, row: Row) -> AwsPage | None:
    arn, home = word(row, "TrailARN"), word(row, "HomeRegion")

    def call() -> AwsPage:
        parameter = "Name" if operation.endswith("Status") else "TrailName"
        return reading.pages(operation, region=home, parameters={parameter: arn}, kind=KIND)[0]

    return reading.part(KIND, operation, call)


READERS: dict[str, Reader] = {KIND: read_object_stores}
