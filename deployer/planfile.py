"""A plan kept in a file: what was decided, and what it was decided from, so that it is carried out once and only then.

The file holds no secrets: settings by name, contents by fingerprint. It is carried out by deciding anew with the same
operation id: the same actions, or the rest of them after a run that died, and nothing else.

Two limits. A plan that creates an alias can be carried out again once somebody has deleted that alias: what it was
made from is so again, and nothing at AWS tells an alias that was deleted from one that never was. And a plan that
writes no alias, in a development environment, knows `$LATEST` by its RevisionId as long as nothing of it has been done;
of one that died between its two pushes only the content tells how far it came, and somebody may have brought that back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deployer.aws.failure import Unsettled
from deployer.aws.prepared import Prepared
from deployer.core import Await, Decision, Deploy, DeployerError, Notice, Plan, Publish, Reason, Refusal, Topic
from deployer.core.errors import ErrorInLines
from deployer.core.wire import Json, action_data, decision_data, state_data
from deployer.planform import FORM, departure
from deployer.planwords import WRITES, differing, shown, steps

if TYPE_CHECKING:
    from deployer.deployer import Deployer

FORMAT: Final = "deployer-plan/1"
_A_FORMAT: Final = re.compile(r"deployer-plan/[0-9]{1,9}")
_MOST_BYTES: Final = 1_000_000  # a plan has a few thousand


class InvalidPlanFile(DeployerError):
    """The file is none of ours, or not whole."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; make one with `deployer plan --out FILE`"


class PlanOutdated(ErrorInLines):
    """What the plan was made from is no longer so."""

    def __init__(self, what: str, then: object, now: object) -> None:
        super().__init__(what, then, now)
        self.what = what
        self.then = then
        self.now = now

    @property
    def lines(self) -> tuple[str, ...]:
        """What has moved, and what to do."""
        moved = f"{self.what} has moved since the plan was made: then {self.then}, now {self.now}"
        return (moved, "  make a new plan")


@dataclass(frozen=True, slots=True)
class KeptArtifact:
    """What was planned with instead of the configured code: `given` as a person named it, and Lambda's CodeSha256."""

    given: str
    code_sha256: str


@dataclass(frozen=True, slots=True)
class PlanFile:
    """One plan of one function in one environment.

    `release` is the name that the release was given, `artifact` what it was given instead of the configured code.
    """

    environment: str
    function: str
    function_name: str
    alias: str
    request: Deploy
    operation_id: str
    data: Mapping[str, Any]
    release: str | None = None
    artifact: KeptArtifact | None = None

    @classmethod
    def of(
        cls,
        environment: str,
        function: str,
        function_name: str,
        alias: str,
        prepared: Prepared,
        *,
        artifact: str | None = None,
    ) -> PlanFile:
        """Keep what was decided. Only deploys are kept: the other verbs look no further than the alias.

        `artifact` is what stands for the configured code, as it was given. Raises Unsettled while Lambda's own move is
        under way: carrying out would go beyond what the file says.
        """
        release = prepared.release
        if not isinstance(prepared.request, Deploy) or not isinstance(prepared.decision, Plan) or release is None:
            raise TypeError("only the plan of a deploy can be kept")
        if any(isinstance(action, Await) for action in prepared.decision.actions):
            problem = "Lambda is moving provisioned concurrency, and what there is to do is decided when that has ended"
            raise Unsettled("keep the plan", problem, "make the plan again then")
        data = {
            "alias": {"revision": prepared.alias.revision, **state_data(prepared.alias.state)},
            "latest": None if prepared.latest is None else prepared.latest.content.fingerprint,
            "latest_revision": None if prepared.latest is None else prepared.latest.revision,
            "wanted": None if prepared.wanted is None else prepared.wanted.fingerprint,
            **decision_data(prepared.decision),
        }
        return cls(
            environment,
            function,
            function_name,
            alias,
            prepared.request,
            prepared.operation_id,
            data,
            release.mark.release,
            None if artifact is None else KeptArtifact(artifact, release.code.sha256),
        )

    def write(self, path: Path) -> None:
        """Write it whole or not at all."""
        data = {
            "format": FORMAT,
            "environment": self.environment,
            "function": self.function,
            "function_name": self.function_name,
            "alias_name": self.alias,
            "request": {"again": self.request.again, "adopt": self.request.adopt},
            "operation_id": self.operation_id,
            "release": self.release,
            "artifact": None if self.artifact is None else asdict(self.artifact),
            "plan": self.data,
        }
        draft = path.with_name(f"{path.name}.part")
        draft.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> PlanFile:
        """Read what `write` wrote. Raises InvalidPlanFile."""
        data = _parsed(path)
        written = data.get("format") if isinstance(data, dict) else None
        if written != FORMAT and isinstance(written, str) and _A_FORMAT.fullmatch(written):
            raise InvalidPlanFile(path, f"is of format {written!r}, not {FORMAT!r}")
        if wrong := departure(data, FORM):
            raise InvalidPlanFile(path, f"is no plan: {wrong}")
        return cls(
            environment=data["environment"],
            function=data["function"],
            function_name=data["function_name"],
            alias=data["alias_name"],
            request=Deploy(again=data["request"]["again"], adopt=data["request"]["adopt"]),
            operation_id=data["operation_id"],
            data=data["plan"],
            release=data["release"],
            artifact=None if data["artifact"] is None else KeptArtifact(**data["artifact"]),
        )

    @property
    def called(self) -> str:
        """How messages name what it is about."""
        return f"alias {self.alias} of {self.function_name}"

    @property
    def brings(self) -> dict[str, Any]:
        """What was given when it was made besides the configuration, as fields of Deployer."""
        return {"release": self.release, **({} if self.artifact is None else {"code": self.artifact.given})}

    def prepare(self, deployer: Deployer) -> Prepared:
        """Decide anew, with the plan's own operation id: the plan, its rest, or nothing where it stands already.

        A version that an earlier run of it published is waited for, as in any deploy. `deployer.execute` carries out
        what is decided. Raises PlanOutdated for anything else.
        """
        here, then = f"{deployer.function_name}:{deployer.alias}", f"{self.function_name}:{self.alias}"
        if here != then:
            raise PlanOutdated("the function's name or alias in the configuration", then, here)
        if deployer.release != self.release:
            raise PlanOutdated(f"the name of the release to {self.called}", self.release, deployer.release)
        prepared = deployer.prepare(self.request, operation_id=self.operation_id)
        if isinstance(prepared.decision, Refusal) and prepared.decision.reason is Reason.PENDING:
            prepared = deployer.settled(prepared)
        if self.carried_out(prepared):
            notice = Notice(Topic.ALREADY, f"this plan was carried out already (run {self.operation_id})")
            return replace(prepared, decision=Plan((), (notice,)))
        self.check(prepared)
        return prepared

    def carried_out(self, prepared: Prepared) -> bool:
        """Whether this very plan stands on the alias already."""
        record = prepared.situation.recollection.record
        return record is not None and record.operation.id == self.operation_id

    def check(self, prepared: Prepared) -> None:
        """Raise PlanOutdated unless `prepared`, decided just now, is this plan or the rest of it."""
        alias = self.data["alias"]
        if alias["revision"] != prepared.alias.revision:
            raise PlanOutdated(self.called, shown(alias), f"{prepared.alias.state}, written anew")
        self._check_artifact(prepared)
        wanted = self._wanted(prepared)
        if wanted != self.data["wanted"]:
            what = f"{differing(self.data['wanted'], wanted)} to be released to {self.called}"
            raise PlanOutdated(what, self.data["wanted"], wanted)
        self._check_latest(prepared)
        actions = [_reckoned(action_data(action), wanted) for action in prepared.decision.actions]
        planned = [_with_number(action, prepared.decision) for action in self.data["actions"]]
        if not isinstance(prepared.decision, Plan) or actions != planned[len(planned) - len(actions) :]:
            raise PlanOutdated(f"what there is to do for {self.called}", steps(planned), steps(actions))

    def _check_artifact(self, prepared: Prepared) -> None:
        now = None if prepared.release is None else prepared.release.code.sha256
        if self.artifact is not None and self.artifact.code_sha256 != now:
            what = f"the artifact {self.artifact.given} for {self.called}"
            raise PlanOutdated(what, self.artifact.code_sha256, now)

    def _check_latest(self, prepared: Prepared) -> None:
        begin, latest = self.data["latest"], self._latest(prepared)
        if latest not in self._stations():
            raise PlanOutdated(f"{differing(begin, latest)} of $LATEST behind {self.called}", begin, latest)
        revision = None if prepared.latest is None else prepared.latest.revision
        if latest == begin and self._pushes_alone and revision != self.data["latest_revision"]:
            # What it was made from may be so again after this very plan, and nothing on the alias would tell.
            raise PlanOutdated(f"$LATEST behind {self.called}", begin, f"{latest}, written anew")

    @property
    def _pushes_alone(self) -> bool:
        """Whether it changes `$LATEST` and no alias, whose memory would tell that it was carried out."""
        actions = self.data["actions"]
        return bool(actions) and not any(action["do"] in WRITES for action in actions)

    def _wanted(self, prepared: Prepared) -> str | None:
        """What is wanted, as the plan reckoned it: of a function that it creates, what is given and nothing else."""
        if prepared.release is None or prepared.wanted is None:
            return None
        wanted = prepared.release.wanted(None) if self.data["latest"] is None else prepared.wanted
        return wanted.fingerprint

    def _latest(self, prepared: Prepared) -> str | None:
        if prepared.latest is None:
            return None
        content = prepared.latest.content
        if self.data["latest"] is None and content == prepared.wanted:
            # An earlier run created it, and Lambda added its defaults to what was given.
            return str(self.data["wanted"])
        return content.fingerprint

    def _stations(self) -> set[str | None]:
        """What `$LATEST` holds before the plan and after each of its pushes."""
        return {self.data["latest"], *(action.get("after") for action in self.data["actions"] if _pushes(action))}


def _parsed(path: Path) -> Any:
    """The file's JSON. Raises InvalidPlanFile."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise InvalidPlanFile(path, f"is no plan: it has more than {_MOST_BYTES:,} bytes")
        return json.loads(text.decode(), object_pairs_hook=_object)
    except OSError as error:
        raise InvalidPlanFile(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise InvalidPlanFile(path, "is no plan") from error


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a member that stands twice, json would take the last and say nothing."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member stands twice")
    return found


def _reckoned(action: dict[str, Json], wanted: str | None) -> dict[str, Json]:
    return {**action, "content": wanted} if action["do"] == "publish" else action


def _with_number(planned: Any, decision: Decision) -> Any:
    """What was planned, the number in the place of `new` where an earlier run of the plan has published already."""
    write = decision.write if isinstance(decision, Plan) else None
    if write is None or any(isinstance(action, Publish) for action in decision.actions):
        return planned
    match planned:
        case dict():
            return {name: _with_number(value, decision) for name, value in planned.items()}
        case "new":
            return str(write.memory.head)
        case _:
            return planned


def _pushes(action: Mapping[str, Any]) -> bool:
    return str(action["do"]) in {"create-function", "push-settings", "push-code"}
