"""Blobs on an S3-compatible store."""

import boto3
from botocore.exceptions import ClientError
from django.conf import settings

from compliance.vault.store import BlobMissing


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

    def replace(self, name: str, data: bytes) -> None:
        """A new version, where the bucket keeps versions: the old one stays under the old key until its retention ends."""
        self.put(name, data)

    def get(self, name: str) -> bytes:
        """Read. Raises BlobMissing."""
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise BlobMissing(name) from error
            raise
