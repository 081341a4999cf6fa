"""Blobs on an S3-compatible store."""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from django.conf import settings

from compliance.vault.store import READ, BlobMissing

ABSENT = ("NoSuchKey", "404", "NotFound")


class S3Store:
    """One bucket, one prefix. Object Lock, where the bucket has a default retention, applies by itself."""

    def __init__(self, *, bucket: str, prefix: str) -> None:
        configuration = settings.CONFIGURATION
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client = boto3.client(
            "s3",
            endpoint_url=configuration.s3_endpoint_url,
            region_name=configuration.s3_region,
            aws_access_key_id=configuration.s3_access_key_id,
            aws_secret_access_key=configuration.s3_secret_access_key,
        )

    def put(self, name: str, data: bytes) -> None:
        """Write with a checksum, which locked buckets demand."""
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=data, ChecksumAlgorithm="SHA256")

    def put_file(self, name: str, path: Path) -> None:
        """See Store."""
        if self.size(name) is None:
            self.replace_file(name, path)
        else:
            path.unlink(missing_ok=True)

    def replace(self, name: str, data: bytes) -> None:
        """A new version, where the bucket keeps versions: the old one stays under the old key until its retention ends."""
        self.put(name, data)

    def replace_file(self, name: str, path: Path) -> None:
        """See Store."""
        self.client.upload_file(str(path), self.bucket, self.prefix + name, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
        path.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        """Read. Raises BlobMissing."""
        return self._open(name)["Body"].read()

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        return self._open(name)["Body"].iter_chunks(READ)

    def head(self, name: str, number: int) -> bytes:
        """See Store."""
        return self._open(name, Range=f"bytes=0-{number - 1}")["Body"].read()

    def size(self, name: str) -> int | None:
        """See Store."""
        try:
            return self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)["ContentLength"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise

    def names(self, prefix: str = "") -> Iterator[str]:
        """See Store."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + prefix)
        for page in pages:
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(self.prefix)

    def remove(self, name: str) -> None:
        """See Store."""
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def draft(self) -> Path:
        """See Store: on the local disk, encrypted already."""
        folder = Path(tempfile.gettempdir()) / "plumbline-drafts"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / secrets.token_hex(12)

    def _open(self, name: str, **more: Any) -> dict[str, Any]:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self.prefix + name, **more)
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                raise BlobMissing(name) from error
            raise
