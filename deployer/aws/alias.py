"""The alias at Lambda: read, and written whole, by compare-and-swap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from deployer.aws.rival import in_words
from deployer.aws.target import Target
from deployer.core import (
    Absent,
    AliasState,
    CreateAlias,
    InvalidValue,
    Move,
    Settling,
    Shift,
    Situation,
    Stable,
    read_state,
)

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_AGAIN = "look at it with `status`, and run the command again if you still want it"
_LOOK = "look at the alias before anything else: `status`"


@dataclass(frozen=True, slots=True)
class AliasSeen:
    """The alias as GetAlias showed it. `revision` guards the next write; None when there is no such alias."""

    state: AliasState
    description: str = ""
    revision: str | None = None
    arn: str | None = None

    @property
    def situation(self) -> Situation:
        """What the core decides from, as far as the alias alone tells it."""
        return Situation(self.state, self.description, alias_arn=self.arn or "")


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

        An answer that was lost, or that shows something else, is made up for by the whole target standing there, memory
        and operation id included.
        """
        target = Target.of(step)
        doing = f"move {self.called} from {step.before} to {step.after}"
        try:
            answered = self._send(step, target, seen)
        except botocore.exceptions.ClientError as error:
            if not (is_stale(error) or is_missing(error) or code_of(error) == "ResourceConflictException"):
                self._settle_doubt(step, seen, from_answer(doing, error), final=is_final(error))
                return
            now = self._read_back(from_answer(doing, error) if is_final(error) else _lost(doing))
            if not self._stands(step, now):
                raise Moved(doing, _moved_to(seen, now), _AGAIN, code=code_of(error)) from error
        except botocore.exceptions.BotoCoreError as error:
            late = _may_be_on_its_way(error)
            self._settle_doubt(step, seen, AwsFailure(doing, str(error)), final=False, late=late)
        else:
            if answered != target:
                problem = f"Lambda answered the write with {answered}, which is not what was sent"
                self._settle_denial(step, seen, Uncertain(doing, problem, _LOOK))

    def _send(self, step: CreateAlias | Shift, target: Target, seen: AliasSeen) -> Target:
        if isinstance(step, CreateAlias):
            answer = self.client.create_alias(FunctionName=self.function_name, Name=self.name, **target.members)
            return Target.answered(answer)
        if seen.revision is None:
            raise Moved(f"move {self.called}", "it has no RevisionId to guard the write", _AGAIN)
        return Target.answered(
            self.client.update_alias(
                FunctionName=self.function_name, Name=self.name, RevisionId=seen.revision, **target.members
            )
        )

    def _settle_doubt(
        self, step: CreateAlias | Shift, seen: AliasSeen, failure: AwsFailure, *, final: bool, late: bool = False
    ) -> None:
        """The write may have happened, or not: look. Done when it stands; else say that nothing has moved.

        `late` when it may still happen, so that nobody can say that for good.
        """
        now = self._read_back(failure if final else _lost(failure.doing))
        if self._stands(step, now):
            return
        if now.revision == seen.revision:
            raise _unanswered(failure) if late else failure
        raise Moved(failure.doing, f"{failure.problem}; meanwhile {_moved_to(seen, now)}", _AGAIN) from failure

    def _settle_denial(self, step: CreateAlias | Shift, seen: AliasSeen, denied: Uncertain) -> None:
        """The write was taken, and its answer shows something else: look. Done when it stands all the same."""
        now = self._read_back(denied)
        if not self._stands(step, now):
            raise Uncertain(denied.doing, f"{denied.problem}; the alias is now {in_words(seen, now)}", denied.advice)

    def _read_back(self, unseen: AwsFailure) -> AliasSeen:
        """The alias after a write that did not end well; `unseen` is the failure if it cannot be read."""
        try:
            return self.read()
        except AwsFailure as failure:
            if isinstance(unseen, Uncertain):
                problem = f"{unseen.problem}, and the alias cannot be read: {failure.problem}"
                raise Uncertain(unseen.doing, problem, unseen.advice) from failure
            raise unseen from failure

    def _stands(self, step: CreateAlias | Shift, now: AliasSeen) -> bool:
        # Right after a move Lambda itself may show the version we left at weight 100.
        state = now.state
        same = state == step.after or (isinstance(state, Settling) and step.after == Stable(state.version1))
        return same and now.description == step.description.text


def _moved_to(seen: AliasSeen, now: AliasSeen) -> str:
    return f"somebody else changed it in between: it is now {in_words(seen, now)}"


def _lost(doing: str) -> Uncertain:
    return Uncertain(doing, "Lambda's answer to the write is lost", _LOOK)


def _may_be_on_its_way(error: botocore.exceptions.BotoCoreError) -> bool:
    """Whether a request was sent and nothing came back: Lambda may yet do what it asks for.

    What fails before anything is sent is another kind: ConnectionError, or no error of HTTP at all.
    """
    return isinstance(error, botocore.exceptions.HTTPClientError)


def _unanswered(failure: AwsFailure) -> Uncertain:
    problem = f"{failure.problem}; not moved so far, but a request may still be on its way"
    return Uncertain(failure.doing, problem, "look at it with `status` in a minute, before anything else")
