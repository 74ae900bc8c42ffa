"""Whether a plan can be carried out, by what the alias alone does not show."""

from dataclasses import replace

import pytest

from deployer.core import (
    NEW,
    Content,
    CreateFunction,
    Memory,
    Notice,
    Operation,
    Plan,
    Published,
    PushCode,
    Reason,
    Record,
    Refusal,
    Shift,
    Stable,
    Topic,
    Transition,
    Verb,
    Verdict,
    VersionFacts,
    parse_description,
)
from deployer.core.fitness import Fitness, FunctionFacts, fit
from deployer.core.percent import Percent

ROLE = "arn:aws:iam::123456789012:role/orders"
NOTICE = Notice(Topic.NO_MEMORY, "said before")
CREATE, PUSH = CreateFunction("after"), PushCode("before", "after", "sha")


def canary(*, version: Published | None = None) -> Plan:
    after = Transition(version or NEW, Published(4), Percent.of(75))
    memory = Memory(None, None, (), Record(after, 0, Operation(Verb.DEPLOY, "run")))
    shift = Shift(Stable(Published(4)), after, memory, parse_description(""))
    return Plan((PUSH, shift), (NOTICE,), Verdict.CHANGED)


def facts(version: int, **differing: str) -> VersionFacts:
    return replace(VersionFacts(Published(version), ROLE), **differing)  # type: ignore[arg-type]  # all are texts


def test_a_plan_that_writes_no_alias_and_pushes_nothing_is_fit() -> None:
    plan = Plan((), (NOTICE,))
    assert fit(plan, Fitness()) == plan


def test_a_plan_is_refused_where_two_versions_may_not_share_traffic() -> None:
    to_come = VersionFacts.to_come(Content("sha", {"Role": "other"}))
    decision = fit(canary(), Fitness({NEW: to_come, Published(4): facts(4)}))
    assert isinstance(decision, Refusal)
    assert decision.reason is Reason.NOT_ROUTABLE
    assert (decision.notices, decision.verdict) == ((NOTICE,), Verdict.CHANGED)


def test_a_plan_is_refused_where_the_alias_is_provisioned() -> None:
    fitness = Fitness({NEW: facts(5), Published(4): facts(4)}, provisioned=True)
    assert isinstance(fit(canary(), fitness), Refusal)


def test_a_version_that_is_there_already_is_looked_at_again_once_it_is_published() -> None:
    before = Fitness({NEW: VersionFacts.to_come(Content("sha", {"Role": ROLE})), Published(4): facts(4)})
    assert fit(canary(), before) == canary()
    idle = before.published(facts(3, state="Inactive"))
    decision = fit(canary(version=Published(3)), idle)
    assert isinstance(decision, Refusal)
    assert decision.text == "State of version 3 is Inactive, not Active"


def test_what_is_to_be_noted_of_a_lone_version_joins_the_notices() -> None:
    shift = canary().write
    assert shift is not None
    after = Stable(Published(3))
    memory = replace(shift.memory, record=replace(shift.memory.record, routing=after))
    alone = Plan((replace(shift, after=after, memory=memory),), (NOTICE,))
    decision = fit(alone, Fitness({Published(3): facts(3, state="Inactive")}))
    assert isinstance(decision, Plan)
    assert decision.actions == alone.actions
    assert [notice.topic for notice in decision.notices] == [Topic.NO_MEMORY, Topic.INACTIVE]


@pytest.mark.parametrize(
    ("plan", "function", "refusal"),
    [
        (
            Plan((CREATE,), verdict=Verdict.CHANGED),
            FunctionFacts("orders", None, "Zip", ("Role", "Handler")),
            Refusal(
                Reason.NO_FUNCTION,
                "function orders does not exist, and these settings of it are not given: Role, Handler",
                "give them, or correct the function's name",
                verdict=Verdict.CHANGED,
            ),
        ),
        (
            Plan((PUSH,), verdict=Verdict.CHANGED),
            FunctionFacts("orders", "Image", "Zip"),
            Refusal(
                Reason.PACKAGE_TYPE,
                "PackageType of orders is Image, of the code Zip",
                "a function keeps its package type for life: use another name",
                verdict=Verdict.CHANGED,
            ),
        ),
    ],
)
def test_a_push_that_lambda_would_not_take_is_refused(plan: Plan, function: FunctionFacts, refusal: Refusal) -> None:
    assert fit(plan, Fitness(function=function)) == refusal


@pytest.mark.parametrize(
    ("plan", "function"),
    [
        (Plan((CREATE,)), FunctionFacts("orders", None, "Zip")),
        (Plan((PUSH,)), FunctionFacts("orders", "Zip", "Zip", ("Role",))),
        (Plan(()), FunctionFacts("orders", "Image", "Zip", ("Role",))),
    ],
)
def test_a_push_that_lambda_takes_or_that_is_not_made_is_fit(plan: Plan, function: FunctionFacts) -> None:
    assert fit(plan, Fitness(function=function)) == plan


def test_what_there_was_to_be_noted_is_noted_of_an_unfit_push_too() -> None:
    unfit = fit(Plan((CREATE,), (NOTICE,)), Fitness(function=FunctionFacts("orders", None, "Zip", ("Role",))))
    assert isinstance(unfit, Refusal)
    assert unfit.notices == (NOTICE,)
