"""Events in the shape of CDEvents 0.5.0, the Continuous Delivery Foundation's vocabulary (https://cdevents.dev).

    what happened                               type
    the alias has the new version alone         dev.cdevents.service.upgraded.0.3.0
    the alias was made                          dev.cdevents.service.deployed.0.3.0
    the alias has both versions                 dev.cdevents.environment.modified.0.3.0: who uses it, upgraded it is not
    it was put back                             dev.cdevents.service.rolledback.0.3.0
    the new version was tried                   dev.cdevents.testsuiterun.finished.0.3.0
    the rollout is done                         dev.cdevents.service.published.0.3.0
    anything else                               dev.cdeventsx.lambdarollouts-rollout.NAME.0.1.0, a custom event

Sources: continuous-deployment.md, testing-events.md, custom/README.md and the conformance files of
github.com/cdevents/spec at v0.5.0. There `context` has `specversion`, and `subject` no longer a `type`. The event in
our own form is the `customData`.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Final
from urllib.parse import quote

from deployer.core.state import Absent, AliasState, Stable, versions_on
from deployer.rollout.event import (
    Began,
    End,
    Ended,
    Event,
    Held,
    Hooked,
    Looked,
    Noticed,
    Resumed,
    RolledBack,
    Stepped,
    Subject,
    Tested,
    Waited,
)
from deployer.rollout.event_wire import at_text, event_data, type_of

SPECIFICATION: Final = "0.5.0"


def cdevent(event: Event) -> dict[str, Any]:
    """It as a CDEvent. Its `id` is made of the event, so that one told twice is known for the same."""
    kind, content = _kind_and_content(event)
    data = event_data(event)
    source = f"/lambda-rollouts/{_place(event.subject)}"
    return {
        "context": {
            "specversion": SPECIFICATION,
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(data, sort_keys=True))),
            "source": source,
            "type": kind,
            "timestamp": at_text(event.at),
        },
        "subject": {"id": _subject_id(event), "source": source, "content": content},
        "customData": data,
        "customDataContentType": "application/json",
    }


def _kind_and_content(event: Event) -> tuple[str, dict[str, Any]]:
    environment = {"environment": {"id": _environment(event.subject)}}
    match event.what:
        case Stepped(before, Stable(_) as after, _, _, _):
            predicate = "deployed" if isinstance(before, Absent) else "upgraded"
            return _standard("service", predicate), {**environment, "artifactId": _artifact(event.subject, after)}
        case Stepped():
            return _standard("environment", "modified"), {"name": _environment(event.subject)}
        case RolledBack(_, after, _, _):
            return _standard("service", "rolledback"), {**environment, "artifactId": _artifact(event.subject, after)}
        case Tested():
            return _standard("testsuiterun", "finished"), {**environment, **_outcome(event.what)}
        case Ended(End.DONE, _, _):
            return _standard("service", "published"), environment
        case Began() | Hooked() | Looked() | Waited() | Held() | Resumed() | Noticed() | Ended():
            predicate = type_of(event).replace("-", "")
            return f"dev.cdeventsx.lambdarollouts-rollout.{predicate}.0.1.0", environment


def _standard(subject: str, predicate: str) -> str:
    return f"dev.cdevents.{subject}.{predicate}.0.3.0"


def _outcome(tested: Tested) -> dict[str, Any]:
    failed = [test for test in tested.tests if test.problem]
    suite = {"testSuite": {"id": "before-traffic", "name": "tests before traffic"}}
    if not failed:
        return {"outcome": "success", **suite}
    reason = "; ".join(f"{test.name}: {test.problem}" for test in failed)
    return {"outcome": "failure", "severity": "critical", "reason": reason, **suite}


def _subject_id(event: Event) -> str:
    if isinstance(event.what, Stepped) and not isinstance(event.what.after, Stable):
        return _environment(event.subject)
    return f"{event.subject.function_name}:{event.subject.alias}"


def _environment(subject: Subject) -> str:
    return subject.environment or subject.alias


def _place(subject: Subject) -> str:
    return "/".join(filter(None, (subject.account, subject.region, subject.function_name)))


def _artifact(subject: Subject, state: AliasState) -> str:
    """A package URL of the version that has the traffic, or is to have it (https://github.com/package-url/purl-spec)."""
    version = next((str(version) for version in versions_on(state)), "")
    return f"pkg:generic/{quote(subject.function_name, safe='')}@{quote(version, safe='')}"
