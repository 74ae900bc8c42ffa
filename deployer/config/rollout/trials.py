"""How the new version is tried before it has traffic."""

from __future__ import annotations

import os
from pathlib import Path as FilePath
from typing import Any

from deployer.config.duration import checked
from deployer.config.merge import Given
from deployer.config.rollout.payload import UnusableEvent, event_in
from deployer.config.rollout.settings import Shadow, TrialSettings
from deployer.config.rollout.written import Written
from deployer.config.validate import Invalid

_EXPECTATIONS = ("status", "json", "within", "shadow")


def trials(written: Written, directory: FilePath) -> tuple[TrialSettings, ...]:
    """All tests."""
    found: dict[str, TrialSettings] = {}
    for given in written.items("tests"):
        trial = _trial(written, given, directory)
        if trial is not None and trial.name in found:
            what = f"another test is called {trial.name} already" + ("" if "name" in given.value else "; name this one")
            written.find(given, what, *(("name",) if "name" in given.value else ()))
        elif trial is not None:
            found[trial.name] = trial
    return tuple(found.values())


def _trial(written: Written, given: Given, directory: FilePath) -> TrialSettings | None:
    test: dict[str, Any] = given.value
    if not _whole(written, given) or Invalid.INVALID in (test.get(key) for key in ("name", "event", "check")):
        return None
    return TrialSettings(
        name=test.get("name") or _called(test),
        event=_event(written, given, directory),
        status=test.get("status"),
        json=test.get("json"),
        within=checked(test["within"]) if "within" in test else None,
        check=test.get("check"),
        shadow=Shadow(test["shadow"]) if "shadow" in test else None,
    )


def _whole(written: Written, given: Given) -> bool:
    """Whether it says what to do, and who judges."""
    if "event" not in given.value and "check" not in given.value:
        written.find(given, "needs an event to invoke the new version with, or a check")
        return False
    lost = [key for key in _EXPECTATIONS if key in given.value] if "check" in given.value else []
    for key in lost:
        written.find(given, "does not go with a check, which judges by itself", key)
    return not lost


def _called(test: dict[str, Any]) -> str:
    return FilePath(test["event"]).stem or str(test["event"]) if "event" in test else str(test["check"])


def _event(written: Written, given: Given, directory: FilePath) -> FilePath | None:
    """The file of the event; what is wrong with it is said."""
    if "event" not in given.value:
        return None
    path = FilePath(os.path.normpath(directory / given.value["event"]))
    try:
        event_in(path, given.value["event"])
    except UnusableEvent as error:
        written.find(given, error.problem, "event")
    return path
