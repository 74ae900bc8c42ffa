"""The alias at Lambda: read, and written whole, by compare-and-swap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import botocore.exceptions

from deployer.aws.failure import (
    AwsFailure,
    Moved,
    NotOurs,
    Uncertain,
    code_of,
    explained,
    from_answer,
    is_final,
    is_missing,
    is_stale,
)
from deployer.core import (
    Absent,
    AliasState,
    CreateAlias,
    InvalidValue,
    Move,
    Routing,
    Settling,
    Shift,
    Stable,
    Transition,
    read_state,
)

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import AliasRoutingConfigurationTypeDef

_AGAIN = "look at it with `status`, and run the command again if you still want it"


@dataclass(frozen=True, slots=True)
class AliasSeen:
    """The alias as GetAlias showed it. `revision` guards the next write; None when there is no such alias."""

    state: AliasState
    description: str = ""
    revision: str | None = None
    arn: str | None = None


class _Whole(TypedDict):
    FunctionName: str
    Name: str
    FunctionVersion: str
    RoutingConfig: AliasRoutingConfigurationTypeDef
    Description: str


@dataclass(frozen=True, slots=True)
class Alias:
    """One alias of one function."""

    client: LambdaClient
    function_name: str
    name: str

    @property
    def called(self) -> str:
        """How messages name it."""
        return f"alias {self.name} of {self.function_name}"

    def read(self) -> AliasSeen:
        """GetAlias; one more call when the second version has weight 100: how its move stands."""
        with explained(f"read {self.called}"):
            try:
                answer = self.client.get_alias(FunctionName=self.function_name, Name=self.name)
            except botocore.exceptions.ClientError as error:
                if is_missing(error):
                    return AliasSeen(Absent())
                raise
        weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        move = self._move() if 1.0 in weights.values() else Move.NONE
        try:
            state = read_state(answer["FunctionVersion"], weights, move)
        except InvalidValue as error:
            advice = "set the alias by other means to what one can release from: a published version, or two"
            raise NotOurs(f"read {self.called}", str(error), advice) from error
        return AliasSeen(state, answer.get("Description", ""), answer["RevisionId"], answer["AliasArn"])

    def _move(self) -> Move:
        match self._provisioned():
            case None | "READY":
                return Move.NONE
            case "FAILED":
                return Move.FAILED
            case _:
                return Move.UNDER_WAY

    def has_provisioned_concurrency(self) -> bool:
        """Whether the alias itself has provisioned concurrency (GetProvisionedConcurrencyConfig)."""
        return self._provisioned() is not None

    def _provisioned(self) -> str | None:
        with explained(f"read provisioned concurrency of {self.called}"):
            try:
                answer = self.client.get_provisioned_concurrency_config(
                    FunctionName=self.function_name, Qualifier=self.name
                )
            except botocore.exceptions.ClientError as error:
                if code_of(error) in {"ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException"}:
                    return None
                raise
        return answer["Status"]

    def write(self, step: CreateAlias | Shift, seen: AliasSeen) -> None:
        """Carry out one write. Raises Moved when somebody else was first, Uncertain when nobody can tell.

        Lambda keeps what a request leaves out, so every request states the whole target; an answer that was lost is
        recognised by the whole target standing there, memory and operation id included.
        """
        whole = self._whole(step)
        doing = f"move {self.called} from {step.before} to {step.after}"
        try:
            self._send(step, whole, seen)
        except botocore.exceptions.ClientError as error:
            if not (is_stale(error) or is_missing(error) or code_of(error) == "ResourceConflictException"):
                self._settle_doubt(step, seen, from_answer(doing, error), final=is_final(error))
                return
            now = self._read_back(doing, from_answer(doing, error) if is_final(error) else None)
            if not self._stands(step, now):
                raise Moved(doing, self._moved_to(now), _AGAIN, code=code_of(error)) from error
        except botocore.exceptions.BotoCoreError as error:
            self._settle_doubt(step, seen, AwsFailure(doing, str(error)), final=False)

    def _send(self, step: CreateAlias | Shift, whole: _Whole, seen: AliasSeen) -> None:
        if isinstance(step, CreateAlias):
            self.client.create_alias(**whole)
            return
        if seen.revision is None:
            raise Moved(f"move {self.called}", "it has no RevisionId to guard the write", _AGAIN)
        self.client.update_alias(**whole, RevisionId=seen.revision)

    def _whole(self, step: CreateAlias | Shift) -> _Whole:
        version1, weights = _target(step.after)
        return {
            "FunctionName": self.function_name,
            "Name": self.name,
            "FunctionVersion": version1,
            "RoutingConfig": {"AdditionalVersionWeights": weights},
            "Description": step.description.text,
        }

    def _settle_doubt(self, step: CreateAlias | Shift, seen: AliasSeen, failure: AwsFailure, *, final: bool) -> None:
        """The write may have happened, or not: look. Done when it stands; else say that nothing has moved."""
        now = self._read_back(failure.doing, failure if final else None)
        if self._stands(step, now):
            return
        if now.revision == seen.revision:
            raise failure
        raise Moved(failure.doing, f"{failure.problem}; meanwhile {self._moved_to(now)}", _AGAIN) from failure

    def _read_back(self, doing: str, refusal: AwsFailure | None) -> AliasSeen:
        """The alias after a write that did not end well; `refusal` is given where nothing can have been written."""
        try:
            return self.read()
        except AwsFailure as failure:
            if refusal is not None:
                raise refusal from failure
            problem = f"Lambda's answer to the write is lost, and the alias cannot be read: {failure.problem}"
            raise Uncertain(doing, problem, "look at the alias before anything else: `status`") from failure

    def _stands(self, step: CreateAlias | Shift, now: AliasSeen) -> bool:
        # Right after a move Lambda itself may show the version we left at weight 100.
        state = now.state
        same = state == step.after or (isinstance(state, Settling) and step.after == Stable(state.version1))
        return same and now.description == step.description.text

    def _moved_to(self, now: AliasSeen) -> str:
        written = f", its description {now.description!r}" if now.description else ""
        return f"somebody else changed it in between: it is now {now.state}{written}"


def _target(routing: Routing) -> tuple[str, dict[str, float]]:
    if isinstance(routing, Transition):
        return str(routing.version1), {str(routing.version2): routing.weight.fraction}
    return str(routing.version), {}
