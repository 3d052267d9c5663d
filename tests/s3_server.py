"""A real S3-compatible server on loopback, with one bucket; its keys are in the environment."""

from __future__ import annotations

from contextlib import contextmanager
from urllib.request import Request, urlopen

import boto3
import pytest
import s3fs
from moto.server import ThreadedMotoServer

BUCKET = "so-noi-vu"
SECRET = "khong-ai-duoc-thay"


@contextmanager
def s3_server():
    """Run the server meanwhile; yield a client of boto3, which knows nothing of our code."""
    # A store of the same keys that an earlier test reached is kept with the port it had.
    s3fs.S3FileSystem.clear_instance_cache()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "kho")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        # What a server of this process held before is still there.
        urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client
    server.stop()
