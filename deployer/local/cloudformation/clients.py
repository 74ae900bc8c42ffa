"""Clients for the services beside Lambda, as this very server has them: IAM, S3, SSM and the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from botocore.config import Config
from botocore.session import Session

# Neither a proxy of the environment nor the person's own retry settings have a part in calls to oneself.
_CONFIG: Final = Config(
    proxies={}, retries={"mode": "standard", "total_max_attempts": 1}, user_agent_extra="app/cloudformation",
    s3={"addressing_style": "path"},
)  # fmt: skip


@dataclass(slots=True)
class Clients:
    """Made once each, as making one takes longer than most calls. `apart` keeps an unusable profile out of it."""

    endpoint_url: str
    apart: Callable[[Callable[[], Any]], Any]
    _made: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, access_key: str, region: str) -> Any:
        """A botocore client of the service that acts as the owner of the access key."""
        key = (service, access_key, region)
        with self._lock:
            if key not in self._made:
                self._made[key] = self.apart(partial(self._make, *key))
            return self._made[key]

    def _make(self, service: str, access_key: str, region: str) -> Any:
        return Session().create_client(
            service,
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=access_key,
            aws_secret_access_key="local",  # noqa: S106 - the server checks no signatures
            config=_CONFIG,
        )
