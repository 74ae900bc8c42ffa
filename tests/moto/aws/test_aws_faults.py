"""AWS answers badly, late or not at all, at any call: the same end, or a clear failure with the traffic untouched."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from aws_scenarios import MAIN, SCENARIOS, Scenario
from aws_wire import DROPPED, FAULTS, HANDLED, LOST, THROTTLED, Attempt, Fault, Rule, looks
from botocore.exceptions import EndpointConnectionError
from hypothesis import settings

from deployer import AwsFailure, BlueGreen
from deployer.aws.failure import Uncertain, Unsettled
from deployer.aws.session import ATTEMPTS

if TYPE_CHECKING:
    from aws_world import World
    from botocore.awsrequest import AWSResponse

_COUNT = itertools.count(1)
_ALIAS_WRITES = {"CreateAlias", "UpdateAlias"}

_NIGHTLY = settings.get_current_profile_name() == "nightly"
# Between them these two wait for everything that is waited for: new functions, code, settings and versions.
_WAITING = [scenario for scenario in SCENARIOS if scenario.name in {"create the function", "canary start"}]

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS if _NIGHTLY else MAIN, ids=str)
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=str)
# What takes all attempts at every call takes long: by day each scenario meets two of the faults, and each fault many.
_BY_TURNS = [
    (scenario, fault)
    for number, scenario in enumerate(MAIN)
    for fault in (FAULTS[number % len(FAULTS)], FAULTS[(number + 2) % len(FAULTS)])
]
each_or_by_turns = pytest.mark.parametrize(
    ("scenario", "fault"), list(itertools.product(SCENARIOS, FAULTS)) if _NIGHTLY else _BY_TURNS, ids=str
)


@pytest.fixture
def slow(plain: World) -> Iterator[World]:
    """A Lambda that is never ready at once: each update and each version is waited for."""
    before = plain.local.settings
    plain.local.configure(pending_polls=2, version_pending_polls=2)
    yield plain
    plain.local.configure(**before.as_json())


def _calls(world: World, scenario: Scenario) -> list[str]:
    """What one run calls when nothing goes wrong."""
    world.wire.operations.clear()
    scenario.run(world)
    return list(world.wire.operations)


def _fresh(world: World, scenario: Scenario) -> World:
    twin = world.twin(f"{world.name}-{next(_COUNT)}")
    scenario.ready(twin)
    return twin


def _single_faults_change_nothing(beginning: World, scenario: Scenario, fault: Fault) -> None:
    scenario.before(beginning)
    reference = _fresh(beginning, scenario)
    for call, operation in enumerate(_calls(reference, scenario), 1):
        world = _fresh(beginning, scenario)
        world.broken(fault.once(call), lambda: scenario.run(world))  # noqa: B023  # called at once
        assert (world.snapshot(), world.routings()) == (reference.snapshot(), reference.routings()), (call, operation)


@each_scenario
@each_fault
def test_a_single_fault_at_any_call_changes_nothing(plain: World, scenario: Scenario, fault: Fault) -> None:
    _single_faults_change_nothing(plain, scenario, fault)


@pytest.mark.parametrize("scenario", SCENARIOS if _NIGHTLY else _WAITING, ids=str)
@pytest.mark.parametrize("fault", FAULTS if _NIGHTLY else (THROTTLED, LOST), ids=str)
def test_a_single_fault_at_any_call_of_a_release_that_waits_changes_nothing(
    slow: World, scenario: Scenario, fault: Fault
) -> None:
    _single_faults_change_nothing(slow, scenario, fault)


@each_scenario
def test_a_lost_answer_to_any_write_changes_nothing_where_a_publish_is_unchanged_only_when_untouched(
    touchy: World, scenario: Scenario
) -> None:
    scenario.before(touchy)
    reference = _fresh(touchy, scenario)
    for call, operation in enumerate(_calls(reference, scenario), 1):
        if not looks(operation):
            world = _fresh(touchy, scenario)
            world.broken(LOST.once(call), lambda: scenario.run(world))  # noqa: B023  # called at once
            assert (world.snapshot(), world.routings()) == (reference.snapshot(), reference.routings()), operation


@each_or_by_turns
def test_a_call_that_never_ends_well_fails_clearly_with_the_traffic_untouched_or_was_done_after_all(
    plain: World, scenario: Scenario, fault: Fault
) -> None:
    scenario.before(plain)
    reference = _fresh(plain, scenario)
    for call, operation in enumerate(_calls(reference, scenario), 1):
        world = _fresh(plain, scenario)
        done = fault in HANDLED and operation in _ALIAS_WRITES
        if done:
            world.broken(fault.always(call), lambda: scenario.run(world))  # noqa: B023  # called at once
        else:
            with pytest.raises(AwsFailure) as caught:
                world.broken(fault.always(call), lambda: scenario.run(world))  # noqa: B023  # called at once
            # A request of which nothing was heard may land later, whatever the alias shows now.
            assert isinstance(caught.value, Uncertain) == (fault is DROPPED and operation in _ALIAS_WRITES)
            assert str(caught.value).startswith("could not ")
            # Whose credentials they are is asked of no function.
            assert world.name in str(caught.value) or operation == "GetCallerIdentity"
            assert world.log() == ()
            scenario.run(world)
        assert (world.snapshot(), world.routings()) == (reference.snapshot(), reference.routings()), (call, operation)


@pytest.mark.parametrize("first", [True, False], ids=["a new alias", "an alias"])
def test_a_write_of_which_nothing_is_heard_may_still_land(plain: World, *, first: bool) -> None:
    if not first:
        plain.deploy(1)
    with pytest.raises(Uncertain) as caught:
        plain.broken(at_alias_writes(DROPPED), lambda: plain.deployer(2, strategy=BlueGreen()).deploy())
    problem, advice = str(caught.value).split("\n")
    assert problem.startswith(f"could not move alias LIVE of {plain.name} from ")
    assert problem.endswith("; not moved so far, but a request may still be on its way")
    assert advice == "  look at it with `status` in a minute, before anything else"


def test_a_write_that_could_not_even_be_sent_leaves_no_doubt(plain: World) -> None:
    plain.deploy(1)

    def refuse(attempt: Attempt) -> AWSResponse:
        raise EndpointConnectionError(endpoint_url=attempt.request.url)

    with pytest.raises(AwsFailure) as caught:
        plain.broken(at_alias_writes(Fault("no connection", refuse)), lambda: plain.deployer(2).deploy())
    assert type(caught.value) is AwsFailure
    assert caught.value.advice == "traffic is untouched"


def at_alias_writes(fault: Fault) -> Rule:
    return lambda attempt: fault.happen(attempt) if attempt.operation in _ALIAS_WRITES else None


@each_or_by_turns
def test_when_aws_goes_away_for_good_only_a_write_of_the_alias_leaves_doubt(
    plain: World, scenario: Scenario, fault: Fault
) -> None:
    scenario.before(plain)
    reference = _fresh(plain, scenario)
    for call, operation in enumerate(_calls(reference, scenario), 1):
        world = _fresh(plain, scenario)
        with pytest.raises(AwsFailure) as caught:
            world.broken(fault.from_then_on(call), lambda: scenario.run(world))  # noqa: B023  # called at once
        assert isinstance(caught.value, Uncertain) == (operation in _ALIAS_WRITES), operation
        assert len(world.log()) == (fault in HANDLED and operation in _ALIAS_WRITES)


def test_each_call_is_tried_eight_times_and_no_more(plain: World) -> None:
    attempts: list[int] = []

    def rule(attempt: Attempt) -> AWSResponse:
        attempts.append(attempt.attempt)
        return THROTTLED.happen(attempt)

    with pytest.raises(AwsFailure) as caught:
        plain.broken(rule, lambda: plain.deployer().status())
    assert attempts == list(range(1, ATTEMPTS + 1))
    assert str(caught.value) == (
        f"could not read alias LIVE of {plain.name}: TooManyRequestsException: made up\n"
        "  the account's API calls are throttled: wait a little and run the command again"
    )


@each_scenario
def test_slow_updates_and_versions_are_waited_for(world: World, scenario: Scenario) -> None:
    scenario.before(world)
    reference, slow = _fresh(world, scenario), _fresh(world, scenario)
    scenario.run(reference)
    world.local.configure(pending_polls=4, version_pending_polls=3)
    scenario.run(slow)
    assert (slow.snapshot(), slow.routings()) == (reference.snapshot(), reference.routings())


@pytest.mark.parametrize("setting", ["pending_polls", "version_pending_polls"])
def test_what_never_gets_ready_ends_the_command_at_the_bound_with_the_traffic_untouched(
    plain: World, setting: str
) -> None:
    plain.deploy(1)
    before = plain.local.settings
    plain.local.configure(**{setting: 1_000_000})
    try:
        with pytest.raises(Unsettled) as caught:
            plain.deploy(2)
    finally:
        plain.local.configure(**before.as_json())
    seconds = 300 if setting == "pending_polls" else 900
    what = f"the update of {plain.name}" if setting == "pending_polls" else f"version 2 of {plain.name}"
    assert str(caught.value) == (
        f"could not wait for {what}: not ready after {seconds} s\n"
        "  traffic is untouched; run the command again: it carries on where it stopped"
    )
    assert plain.shown() == "1"
    assert seconds <= sum(plain.clock.slept) < seconds + 10
