"""Who is told of every event."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

from deployer.config.merge import Given
from deployer.config.rollout.hooks import one_of, refused
from deployer.config.rollout.settings import NotifyBus, NotifyFile, NotifySettings, NotifyTopic, NotifyWebhook
from deployer.config.rollout.written import Written

_WAYS = ("file", "webhook", "sns", "event_bus")


def notices(written: Written, directory: FilePath) -> tuple[NotifySettings, ...]:
    """All notifiers, in the order of the file."""
    found = (_notice(written, given, directory) for given in written.items("notify"))
    return tuple(notice for notice in found if notice is not None)


def _notice(written: Written, given: Given, directory: FilePath) -> NotifySettings | None:
    key = one_of(written, given, _WAYS)
    if key is None or refused(given.value[key]) or (key == "webhook" and not _is_url(written, given)):
        return None
    value: str = given.value[key]
    if key == "file":
        return NotifyFile(FilePath(os.path.normpath(directory / value)))
    if key == "webhook":
        return NotifyWebhook(value)
    return NotifyTopic(value) if key == "sns" else NotifyBus(value)


def _is_url(written: Written, given: Given) -> bool:
    """Whether a URL of the right form has a host and a port that can be; else that is said."""
    from urllib.parse import urlsplit

    try:
        _ = urlsplit(given.value["webhook"]).port
    except ValueError:
        written.find(given, "its host or port cannot be read", "webhook")
        return False
    return True
