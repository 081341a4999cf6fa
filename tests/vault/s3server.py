"""An S3 server on loopback for a session of tests: moto's, which keeps versions and knows Object Lock."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

LOGIN = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def bucket_client(url: str):
    """A client beside the product's, as an operator's tool would be."""
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", **LOGIN)
