"""Sandboxes made from a few lines of handler source, and calls to them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from textwrap import dedent
from typing import Any

from deployer.local.runtime import Answer, Sandbox, WorkerPool

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


def zipped(**files: str) -> bytes:
    """A deployment zip; `sub__deep` stands for sub/deep.py."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", dedent(text))
    return out.getvalue()


def sandbox_of(source: str, **fields: Any) -> Sandbox:
    """A sandbox whose `app.py` holds the source given; every field can be overridden."""
    code = fields.pop("code", None) or zipped(app=source)
    defaults: dict[str, Any] = {
        "function_name": "orders",
        "version": "7",
        "function_arn": f"{ARN}:7",
        "code_sha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "code": code,
        "handler": "app.handler",
        "variables": {},
        "timeout": 10.0,
        "memory_mb": 256,
        "region": "eu-west-1",
        "endpoint_url": None,
    }
    return Sandbox(**(defaults | fields))


def call(pool: WorkerPool, sandbox: Sandbox, event: object = None) -> Answer:
    """Call it as its alias LIVE would, with request id r-1."""
    payload = json.dumps(event, ensure_ascii=False).encode()
    return pool.invoke(sandbox, payload, invoked_arn=f"{ARN}:LIVE", request_id="r-1")
