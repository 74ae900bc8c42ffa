"""What follows from a look: every course, and what outweighs what."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date
from typing import Any

import pytest
from core_world import FIVE, FOUR, HOLDS, SCHEDULE, THREE, UNDER_WAY, described

from deployer.core import (
    LATEST,
    Absent,
    AliasState,
    BlueGreen,
    Canary,
    Development,
    Freeze,
    Manual,
    Memory,
    Move,
    Operation,
    Percent,
    Plan,
    Policy,
    Record,
    Refusal,
    Rollback,
    Settling,
    Situation,
    Stable,
    Through,
    Transition,
    Verb,
    plan,
)
from deployer.core.freeze import Dates
from deployer.core.watch.course import Course, Done, FollowUp, OnHold, RollBack, Step, Wait
from deployer.core.watch.decision import Decided, bakes, decide
from deployer.core.watch.judgement import Judged
from deployer.core.watch.observation import PERIOD, Alarm, AlarmState, Observation, Period
from deployer.core.watch.policy import ALL, AlarmGate, Bake, ErrorGate, Gates, Then, Watch
from deployer.core.watch.sight import UNKNOWN, Sight, sight

SINCE = 1_798_200_000 // PERIOD * PERIOD  # 2026-12-25
CANARY = Policy(Canary(SCHEDULE))
BAKE = Bake(600)
WATCH = Watch(BAKE, delay=120)
BY_DEPLOY = Operation(Verb.DEPLOY, "before")
RECORD = Record(UNDER_WAY, SINCE, BY_DEPLOY, began=SINCE - 900)
MEMORY = Memory(FIVE, HOLDS[FIVE].fingerprint, (THREE,), RECORD)
OVER = SINCE + 600 + 120


def situation(state: AliasState = UNDER_WAY, memory: Memory | None = MEMORY) -> Situation:
    return Situation(state, "" if memory is None else described(memory))


def alone(**more: Any) -> Situation:
    """Version 5 has all traffic, since a step of a deploy."""
    record = replace(RECORD, routing=Stable(FIVE), **more)
    return situation(Stable(FIVE), replace(MEMORY, trail=(FOUR, THREE), record=record))


def periods(minutes: int, calls: int, errors: int = 0) -> tuple[Period, ...]:
    return tuple(Period(SINCE + PERIOD * minute, calls, errors) for minute in range(minutes))


def seen(minutes: int = 10, calls: int = 100, *, errors: int = 0, alarms: Iterable[Alarm] = ()) -> Observation:
    """So many minutes with so many calls of each version, and errors of the new one."""
    through = SINCE + PERIOD * minutes
    if not calls:
        return Observation(through, alarms=tuple(alarms))
    return Observation(through, periods(minutes, calls, errors), periods(minutes, calls), tuple(alarms))


def decided(
    observation: Observation,
    now: int = OVER,
    *,
    where: Situation | None = None,
    watch: Watch = WATCH,
    policy: Policy = CANARY,
    override: str | None = None,
) -> Decided:
    return decide(where or situation(), policy, watch, observation, now=now, operation_id="me", override=override)


def course(observation: Observation, now: int = OVER, **more: Any) -> Course:
    return decided(observation, now, **more).course


def goes_to(found: Course) -> AliasState:
    assert isinstance(found, Step | RollBack)
    assert found.plan.write is not None
    assert found.plan.write.memory.record.operation.id == "me"
    return found.plan.write.after


def test_once_the_bake_is_over_and_measured_and_all_is_well_the_next_step_follows() -> None:
    found = course(seen())
    assert isinstance(found, Step)
    assert goes_to(found) == Transition(FIVE, FOUR, Percent(5000))
    assert found.why == "version 5 rests at 25 %: pass"
    write = found.plan.write
    assert write is not None
    assert write.memory.record.began == SINCE - 900


def test_until_then_it_waits_for_the_time_and_for_what_metrics_lag_behind() -> None:
    why = "version 5 rests at 25 %, for 600 s"
    assert course(seen(5), SINCE + 420) == Wait(OVER, why)
    # The time has come, the last minutes have not been measured yet.
    assert course(seen(9), SINCE + 660) == Wait(OVER, why)
    # They should have been, by now; sooner than the next period they hardly come.
    assert course(seen(9), OVER) == Wait(OVER + 60, why)
    assert course(seen(9), OVER + 7) == Wait(OVER + 67, why)


def test_without_gates_nothing_is_measured_and_time_alone_decides() -> None:
    watch = replace(WATCH, gates=Gates(errors=None))
    found = sight(situation(), CANARY, watch, OVER)
    assert isinstance(found, Sight)
    assert not found.measured
    assert course(Observation(0), SINCE + 599, watch=watch) == Wait(SINCE + 600, "version 5 rests at 25 %, for 600 s")
    assert isinstance(course(Observation(0), SINCE + 600, watch=watch), Step)


@pytest.mark.parametrize(
    "more",
    [
        {"where": situation(memory=replace(MEMORY, record=replace(RECORD, on_hold=True)))},
        {"policy": replace(CANARY, stopped="incident 42")},
        {"policy": replace(CANARY, freeze=Freeze((Dates(date(2026, 12, 24), date(2026, 12, 27), UTC),)))},
        {},
    ],
)
def test_what_is_judged_worse_goes_back_at_once_whatever_else_holds(more: dict[str, Any]) -> None:
    found = decided(seen(1, 100, errors=50), SINCE + 180, **more)
    assert isinstance(found.course, RollBack)
    assert goes_to(found.course) == Stable(FOUR)
    assert found.judgement is not None
    assert found.judgement.judged is Judged.FAIL
    assert found.course.why == found.judgement.failed[0].text


def test_whoever_rolls_back_says_all_that_is_worse() -> None:
    watch = replace(WATCH, gates=Gates(errors=ErrorGate(ceiling=Percent(500))))
    found = decided(seen(1, 100, errors=50), SINCE + 180, watch=watch)
    assert found.judgement is not None
    errors, ceiling = found.judgement.failed
    assert isinstance(found.course, RollBack)
    assert found.course.why == f"{errors.text}; {ceiling.text}"


def test_a_red_alarm_goes_back_and_one_that_was_red_before_the_release_does_not() -> None:
    gates = Gates(errors=None, alarms=AlarmGate(("5xx",)))
    watch = replace(WATCH, gates=gates)
    red = Alarm("5xx", AlarmState.ALARM, SINCE - 899)
    assert goes_to(course(seen(0, 0, alarms=[red]), SINCE, watch=watch)) == Stable(FOUR)
    before = replace(red, since=SINCE - 900)
    assert isinstance(course(seen(0, 0, alarms=[before]), SINCE, watch=watch), Wait)


def test_on_hold_it_holds_before_the_bake_is_over_and_after() -> None:
    held = situation(memory=replace(MEMORY, record=replace(RECORD, on_hold=True)))
    expected = OnHold("the alias is on hold", "`resume` lets it go forward; `rollback` goes back")
    for minutes, now in ((1, SINCE + 180), (10, OVER)):
        assert course(seen(minutes), now, where=held, override="no") == expected


def test_stopped_it_holds_unless_that_is_overridden() -> None:
    policy = replace(CANARY, stopped="incident 42")
    found = course(seen(), policy=policy)
    assert isinstance(found, OnHold)
    assert found.why == "nothing goes forward in this environment: incident 42"
    assert isinstance(course(seen(), policy=policy, override="the fix of it"), Step)


def test_a_freeze_window_is_waited_for_once_the_bake_is_over() -> None:
    policy = replace(CANARY, freeze=Freeze((Dates(date(2026, 12, 24), date(2026, 12, 27), UTC, "holidays"),)))
    assert course(seen(5), SINCE + 420, policy=policy) == Wait(OVER, "version 5 rests at 25 %, for 600 s")
    opens = 1_798_416_000
    text = "nothing goes forward until 2026-12-28 00:00 UTC: holidays"
    assert course(seen(), policy=policy) == Wait(opens, text, "holidays")
    step = course(seen(), policy=policy, override="the boss said so")
    assert isinstance(step, Step)
    assert step.plan.notices[-1].text == f"{text}; overridden: the boss said so"


def saying(then: Then) -> Watch:
    """What to do about whatever does not say."""
    return replace(WATCH, gates=Gates(on_inconclusive=then, on_no_data=then))


@pytest.mark.parametrize(("calls", "judged"), [(5, Judged.INCONCLUSIVE), (0, Judged.NO_DATA)])
def test_what_does_not_say_that_all_is_well_never_passes_by_itself(calls: int, judged: Judged) -> None:
    found = decided(seen(10, calls))
    assert found.judgement is not None
    assert found.judgement.judged is judged
    why = f"version 5 rests at 25 %: {found.judgement.findings[0].text}"
    held = OnHold(why, "`deploy` takes the next step nevertheless, `rollback` goes back; or let more calls come")
    assert found.course == held
    assert course(seen(10, calls), watch=saying(Then.HOLD)) == held
    assert isinstance(course(seen(10, calls), watch=saying(Then.GO_ON)), Step)
    back = course(seen(10, calls), watch=saying(Then.ROLL_BACK))
    assert isinstance(back, RollBack)
    assert (goes_to(back), back.why) == (Stable(FOUR), why)


def test_each_of_the_two_has_a_policy_of_its_own() -> None:
    watch = replace(WATCH, gates=Gates(on_inconclusive=Then.GO_ON))
    assert isinstance(course(seen(10, 5), watch=watch), Step)
    assert isinstance(course(seen(10, 0), watch=watch), OnHold)


def test_a_bake_by_invocations_waits_for_them_and_not_beyond_the_longest_time() -> None:
    watch = replace(WATCH, bake=Bake(600, 2000, 1200))
    assert course(seen(10), watch=watch) == Wait(
        OVER + PERIOD, "version 5 rests at 25 % until it has been invoked 1000 times more"
    )
    assert isinstance(course(seen(10, 200), watch=watch), Step)
    late = SINCE + 1200 + 120
    text = "version 5 rests at 25 %: 20 of 2000 invocations are missing after 1200 s"
    assert course(seen(20, 99), late, watch=watch) == OnHold(
        text, "`deploy` takes the next step nevertheless, `rollback` goes back; or let more calls come"
    )
    for then, kind in ((Then.GO_ON, Step), (Then.ROLL_BACK, RollBack)):
        bake = Bake(600, 2000, 1200, then)
        assert isinstance(course(seen(20, 99), late, watch=replace(WATCH, bake=bake)), kind)


def test_one_invocation_too_few_is_too_few() -> None:
    watch = replace(WATCH, bake=Bake(600, 1001, 1200))
    why = "version 5 rests at 25 % until it has been invoked 1 times more"
    assert course(seen(10), watch=watch) == Wait(OVER + PERIOD, why)
    assert isinstance(course(seen(10), watch=replace(WATCH, bake=Bake(600, 1000, 1200))), Step)


def test_going_on_at_the_longest_time_does_not_pass_over_the_judgement() -> None:
    watch = replace(WATCH, bake=Bake(600, 2000, 1200, Then.GO_ON))
    assert isinstance(course(seen(20, 0), SINCE + 1320, watch=watch), OnHold)


def test_a_bake_by_invocations_alone_measures_though_no_gate_asks_for_it() -> None:
    watch = replace(WATCH, bake=Bake(0, 500, 3600), gates=Gates(errors=None))
    found = sight(situation(), CANARY, watch, SINCE)
    assert isinstance(found, Sight)
    assert found.measured
    assert isinstance(course(seen(5), SINCE + 420, watch=watch), Step)


def test_a_share_may_have_a_bake_of_its_own() -> None:
    watch = replace(WATCH, bakes={Percent.of(25): Bake(60)})
    assert isinstance(course(seen(1), SINCE + 180, watch=watch), Step)
    half = Transition(FIVE, FOUR, Percent(5000))
    at_half = situation(half, replace(MEMORY, record=replace(RECORD, routing=half)))
    assert isinstance(course(seen(1), SINCE + 180, watch=watch, where=at_half), Wait)


def test_the_last_step_gives_all_traffic() -> None:
    last = Transition(FIVE, FOUR, Percent(2500))
    where = situation(last, replace(MEMORY, record=replace(RECORD, routing=last)))
    assert goes_to(course(seen(), where=where)) == Stable(FIVE)


def test_blue_green_under_way_finishes() -> None:
    assert goes_to(course(seen(), policy=Policy(BlueGreen()))) == Stable(FIVE)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (situation(Absent(), None), Done("there is no such alias yet")),
        (situation(Stable(LATEST), None), Done("version $LATEST has all traffic")),
        (situation(Stable(FIVE), None), Done("version 5 has all traffic")),
        (alone(), Done("version 5 has all traffic")),
        (
            situation(Settling(FIVE, FOUR, Move.UNDER_WAY)),
            Wait(OVER + 30, "Lambda is moving provisioned concurrency from 4 to 5"),
        ),
        (
            situation(Settling(FIVE, FOUR, Move.FAILED)),
            OnHold(
                "the alias names 5, and gives 4 all traffic",
                "`promote` or `route 5` goes forward, `rollback` back",
            ),
        ),
    ],
)
def test_where_nothing_is_under_way_nothing_is_measured(where: Situation, expected: Course) -> None:
    assert sight(where, CANARY, WATCH, OVER) == expected
    assert decided(seen(), where=where) == Decided(expected)


BY_HAND = Record(UNDER_WAY, SINCE, Operation(Verb.ROUTE, "x"), Manual(FOUR))
NOT_BY_DEPLOY = OnHold(
    "the transition 5 at 25 %, 4 at 75 % was not begun by a deploy",
    "`promote`, `rollback` or `route` move it; `deploy --adopt` takes it over",
)


@pytest.mark.parametrize(
    ("where", "policy", "expected"),
    [
        (situation(memory=None), CANARY, NOT_BY_DEPLOY),
        (situation(memory=replace(MEMORY, record=BY_HAND)), CANARY, NOT_BY_DEPLOY),
        (
            situation(replace(UNDER_WAY, weight=Percent(6700))),
            CANARY,
            OnHold(
                "somebody set the weight by other means: 5 at 33 %, 4 at 67 %",
                "`resume` goes on from there, `rollback` goes back",
            ),
        ),
        (
            situation(),
            replace(CANARY, through=Through.STACK),
            OnHold("the alias is released through a CloudFormation stack", "go on there: docs/cdk.md"),
        ),
        (
            situation(),
            Policy(Development()),
            OnHold("a development environment has nothing to roll out", "`deploy` puts the alias on $LATEST"),
        ),
    ],
)
def test_what_is_not_ours_to_move_is_left_to_a_person(where: Situation, policy: Policy, expected: OnHold) -> None:
    assert sight(where, policy, WATCH, OVER) == expected
    assert decided(seen(10, 100, errors=100), where=where, policy=policy) == Decided(expected)


@pytest.mark.parametrize(
    ("where", "errors", "invocations", "measured"),
    [
        (situation(), ErrorGate(), 0, True),
        (situation(), None, 0, False),
        (situation(), None, 1, True),
        # There is nothing to compare with.
        (alone(), ErrorGate(), 0, False),
        (alone(), ErrorGate(ceiling=Percent(500)), 0, True),
        (alone(), None, 0, False),
        (alone(), None, 1, True),
    ],
)
def test_metrics_are_asked_for_where_something_is_said_by_them(
    where: Situation, errors: ErrorGate | None, invocations: int, measured: bool
) -> None:
    bake = Bake(600, invocations, 1200 if invocations else None)
    found = sight(where, CANARY, replace(WATCH, bake=bake, final=bake, gates=Gates(errors=errors)), OVER)
    assert isinstance(found, Sight)
    assert found.measured is measured


def test_whole_minutes_since_the_step_count() -> None:
    found = Sight(FIVE, FOUR, Percent(2500), BAKE, SINCE + 1, SINCE, measured=True)
    assert found.counted(SINCE + 100) == SINCE + 120
    assert found.counted(SINCE + 290) == SINCE + 240
    assert found.counted(SINCE + 300) == SINCE + 300


def test_a_memory_of_a_later_format_is_left_alone() -> None:
    where = Situation(UNDER_WAY, "lr2:h5.a-memory-of-a-later-format")
    assert course(seen(), where=where) == OnHold(
        "the alias's memory is in format lr2; this deployer knows lr1: upgrade it",
        "install the newer deployer that wrote it",
    )


def test_another_share_set_by_route_is_a_step_of_the_release() -> None:
    third = replace(UNDER_WAY, weight=Percent(6700))
    record = Record(third, SINCE, Operation(Verb.ROUTE, "x"))
    assert goes_to(course(seen(), where=situation(third, replace(MEMORY, record=record)))) == Transition(
        FIVE, FOUR, Percent(5000)
    )


def test_of_findings_that_do_not_say_the_strictest_policy_holds() -> None:
    """That an alarm has no data must not let too few calls pass."""
    gates = Gates(alarms=AlarmGate(("5xx",)), on_no_data=Then.GO_ON, on_inconclusive=Then.HOLD)
    unknown = Alarm("5xx", AlarmState.INSUFFICIENT_DATA)
    found = course(seen(10, 5, alarms=[unknown]), watch=replace(WATCH, gates=gates))
    assert isinstance(found, OnHold)
    assert found.why.startswith("version 5 rests at 25 %: 0.0 % of the new version's 50 calls failed, ")
    assert found.why.endswith(
        "; fewer than 100 calls of the new version and of the old version, so it does not say; "
        "alarm 5xx has too little data to say"
    )
    assert isinstance(course(seen(10, 100, alarms=[unknown]), watch=replace(WATCH, gates=gates)), Step)
    back = replace(gates, on_inconclusive=Then.ROLL_BACK, on_no_data=Then.HOLD)
    assert isinstance(course(seen(10, 5, alarms=[unknown]), watch=replace(WATCH, gates=back)), RollBack)


def test_metrics_that_do_not_come_are_waited_for_and_then_are_no_data() -> None:
    """As with a gap of CloudWatch, where nothing is known to be whole."""
    watch = replace(WATCH, gates=Gates(on_no_data=Then.GO_ON))
    nothing = Observation(SINCE)
    assert isinstance(course(nothing, OVER + 899, watch=watch), Wait)
    assert isinstance(course(nothing, OVER + 900, watch=watch), Step)


def test_the_minute_in_which_a_step_began_is_not_held_against_it() -> None:
    """In it both fail, and the new version had but the end of it."""
    late = situation(memory=replace(MEMORY, record=replace(RECORD, since=SINCE + 50)))
    first = Observation(SINCE + PERIOD, (Period(SINCE, 125, 62),), (Period(SINCE, 2875, 187),))
    assert isinstance(course(first, SINCE + 190, where=late), Wait)


@pytest.mark.parametrize(("seconds", "since", "due"), [(0, 0, 180), (30, 0, 180), (30, 50, 240), (60, 1, 240)])
def test_a_bake_that_is_measured_lasts_a_whole_minute_at_least(seconds: int, since: int, due: int) -> None:
    where = situation(memory=replace(MEMORY, record=replace(RECORD, since=SINCE + since)))
    watch = replace(WATCH, bake=Bake(seconds), gates=Gates(least_invocations=1))
    found = course(seen(0), SINCE + since, where=where, watch=watch)
    assert isinstance(found, Wait)
    assert found.until == SINCE + due
    minutes = (due - 120) // PERIOD
    assert isinstance(course(seen(minutes), SINCE + due, where=where, watch=watch), Step)


# With all traffic


FINAL = replace(WATCH, final=Bake(600), gates=Gates(errors=ErrorGate(ceiling=Percent(500))))


def test_with_all_traffic_it_is_watched_for_the_final_bake_without_anything_to_compare_with() -> None:
    found = sight(alone(), CANARY, FINAL, SINCE)
    assert found == Sight(FIVE, None, ALL, Bake(600), SINCE, SINCE - 900, measured=True)
    assert course(seen(5), SINCE + 420, where=alone(), watch=FINAL) == Wait(OVER, "version 5 rests at 100 %, for 600 s")
    done = course(seen(), where=alone(), watch=FINAL)
    assert isinstance(done, Done)
    assert done.why == "version 5 has all traffic, and has passed"
    assert done.plan is not None
    assert done.plan.write is not None
    assert done.plan.write.memory.record == replace(
        RECORD, routing=Stable(FIVE), operation=Operation(Verb.PROMOTE, "me")
    )


def test_with_all_traffic_it_goes_back_along_the_trail() -> None:
    assert goes_to(course(seen(1, 100, errors=60), SINCE + 180, where=alone(), watch=FINAL)) == Stable(FOUR)


def test_without_a_way_back_a_person_has_to_see_to_it() -> None:
    record = replace(RECORD, routing=Stable(FIVE))
    where = situation(Stable(FIVE), replace(MEMORY, trail=(), record=record))
    found = course(seen(1, 100, errors=60), SINCE + 180, where=where, watch=FINAL)
    refused = plan(where, Rollback(), CANARY, now=SINCE + 180, operation_id="me")
    assert isinstance(refused, Refusal)
    assert refused.text == "nothing is known to have been stable before 5"
    judgement = decided(seen(1, 100, errors=60), SINCE + 180, where=where, watch=FINAL).judgement
    assert judgement is not None
    why = f"{judgement.failed[0].text}; and there is no way back: {refused.text}"
    assert found == OnHold(why, refused.way_out)


def test_what_a_stack_released_is_not_said_to_have_passed() -> None:
    where = alone(operation=replace(BY_DEPLOY, through=Through.STACK))
    assert course(seen(), where=where, watch=FINAL) == OnHold(
        "the alias is released through a CloudFormation stack, and one function has one publisher",
        "go on releasing it that way; or change over for good with --adopt (docs/cdk.md tells how)",
    )


def test_a_late_look_judges_the_final_bake_and_nothing_after_it() -> None:
    hours = tuple(Period(SINCE + PERIOD * minute, 100, 0 if minute < 10 else 90) for minute in range(300))
    late = Observation(SINCE + PERIOD * 300, hours)
    assert isinstance(course(late, SINCE + PERIOD * 302, where=alone(), watch=FINAL), Done)
    bad = Observation(SINCE + PERIOD * 300, tuple(replace(one, errors=90 - one.errors) for one in hours))
    assert goes_to(course(bad, SINCE + PERIOD * 302, where=alone(), watch=FINAL)) == Stable(FOUR)


def test_all_of_the_final_bake_counts() -> None:
    one_bad = tuple(Period(SINCE + PERIOD * minute, 100, 90 if minute == 9 else 0) for minute in range(10))
    look = Observation(SINCE + PERIOD * 10, one_bad)
    assert goes_to(course(look, SINCE + PERIOD * 12, where=alone(), watch=FINAL)) == Stable(FOUR)


def test_a_final_bake_that_says_too_little_goes_on_with_what_comes_later() -> None:
    later = tuple(Period(SINCE + PERIOD * minute, 100) for minute in range(20, 30))
    quiet = Observation(SINCE + PERIOD * 15)
    assert isinstance(course(quiet, SINCE + PERIOD * 17, where=alone(), watch=FINAL), OnHold)
    loud = Observation(SINCE + PERIOD * 30, later)
    assert isinstance(course(loud, SINCE + PERIOD * 32, where=alone(), watch=FINAL), Done)
    bad = Observation(SINCE + PERIOD * 30, tuple(replace(one, errors=60) for one in later))
    assert goes_to(course(bad, SINCE + PERIOD * 32, where=alone(), watch=FINAL)) == Stable(FOUR)


def test_the_final_bake_is_not_looked_at_for_ever() -> None:
    late = SINCE + 600 + 24 * 3600
    assert isinstance(sight(alone(), CANARY, FINAL, late), Sight)
    assert sight(alone(), CANARY, FINAL, late + 1) == Done("version 5 has all traffic")
    longest = replace(FINAL, final=Bake(600, 10, 7200))
    assert isinstance(sight(alone(), CANARY, longest, late + 1), Sight)


def test_what_does_not_pass_with_all_traffic_is_left_to_a_person() -> None:
    found = course(seen(10, 5), where=alone(), watch=FINAL)
    assert isinstance(found, OnHold)
    assert found.way_on == "`rollback` goes back"


def test_neither_a_stop_nor_a_hold_matter_once_it_has_all_traffic() -> None:
    where, policy = alone(on_hold=True), replace(CANARY, stopped="incident")
    assert isinstance(course(seen(), where=where, watch=FINAL, policy=policy), Done)


@pytest.mark.parametrize("watch", [WATCH, FINAL])
def test_what_was_rolled_back_is_done_and_says_so(watch: Watch) -> None:
    where = alone(operation=Operation(Verb.ROLLBACK, "x"))
    said = "version 5 has all traffic: the last release was rolled back"
    assert sight(where, CANARY, watch, SINCE) == Done(said, rolled_back=True)


def test_a_rollback_that_somebody_has_moved_on_from_is_forgotten() -> None:
    record = replace(RECORD, routing=Stable(FOUR), operation=Operation(Verb.ROLLBACK, "x"))
    moved = situation(Stable(FIVE), replace(MEMORY, record=record))
    assert sight(moved, CANARY, WATCH, SINCE) == Done("version 5 has all traffic")


@pytest.mark.parametrize("verb", [Verb.ROUTE, Verb.PROMOTE])
def test_what_a_person_put_there_alone_is_done(verb: Verb) -> None:
    where = alone(operation=Operation(verb, "x"))
    assert sight(where, CANARY, FINAL, SINCE) == Done("version 5 has all traffic")


def test_alpha_is_shared_among_the_bakes() -> None:
    assert [bakes(policy) for policy in (CANARY, Policy(BlueGreen()), Policy(Development()))] == [4, 2, 2]
    found = decided(seen())
    assert found.judgement is not None
    assert [finding.needed for finding in found.judgement.findings] == [400.0]


def test_a_step_that_a_rule_forbids_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such rule is known that `sight` does not know before; a new one must not become a step."""
    from deployer.core.plan import Reason
    from deployer.core.watch import decision

    refusal = Refusal(Reason.PENDING, "it cannot be", "wait")
    monkeypatch.setattr(decision, "plan", lambda *_args, **_more: refusal)
    assert course(seen()) == OnHold("it cannot be", "wait")


def test_the_plan_of_a_step_is_what_a_deploy_would_do() -> None:
    from deployer.core import Deploy

    found = course(seen())
    assert isinstance(found, Step)
    assert isinstance(found.plan, Plan)
    assert found.plan == plan(situation(), Deploy(), CANARY, FIVE, now=OVER, operation_id="me")


# Hooks that were left undone

HOOKED = replace(WATCH, follow_up=90)
OWING = situation(memory=replace(MEMORY, record=replace(RECORD, follow_up=SINCE)))
MAY_BE_RUNNING = "the hooks of the last move may be running"


def test_while_hooks_may_be_running_nothing_else_changes() -> None:
    assert course(seen(1), SINCE + 89, where=OWING, watch=HOOKED) == course(seen(1), SINCE + 89)


def test_hooks_that_were_left_undone_are_run_before_anything_goes_forward() -> None:
    left = FollowUp(Verb.DEPLOY, over=False, of=SINCE)
    assert course(seen(1), SINCE + 90, where=OWING, watch=HOOKED) == left
    assert course(seen(), OVER, where=OWING, watch=HOOKED) == left
    # A hold stops what goes forward; hooks may well go back.
    held = situation(memory=replace(MEMORY, record=replace(RECORD, follow_up=SINCE, on_hold=True)))
    assert course(seen(), OVER, where=held, watch=HOOKED) == left


def test_no_step_is_taken_while_hooks_may_be_running() -> None:
    slow = replace(WATCH, follow_up=3600)
    assert course(seen(), OVER, where=OWING, watch=slow) == Wait(SINCE + 3600, MAY_BE_RUNNING)


def test_what_is_judged_worse_goes_back_before_any_hook_is_run() -> None:
    found = course(seen(10, 100, errors=50), OVER, where=OWING, watch=HOOKED)
    assert goes_to(found) == Stable(FOUR)


def test_whoever_has_no_hooks_gives_them_time_too() -> None:
    left = FollowUp(Verb.DEPLOY, over=False, of=SINCE)
    assert course(seen(1), SINCE + UNKNOWN - 1, where=OWING) == course(seen(1), SINCE + UNKNOWN - 1)
    assert course(seen(1), SINCE + UNKNOWN, where=OWING) == left


def test_what_nobody_watches_any_more_has_its_hooks_nevertheless() -> None:
    late, watch = SINCE + 600 + 24 * 3600 + 1, replace(FINAL, follow_up=90)
    assert sight(alone(follow_up=SINCE), CANARY, watch, late) == FollowUp(Verb.DEPLOY, over=True, of=SINCE)


@pytest.mark.parametrize("follow_up", [None, 90])
def test_a_move_says_that_hooks_are_to_follow_where_there_are_any(follow_up: int | None) -> None:
    watch = replace(FINAL, follow_up=follow_up)
    forward = course(seen(), watch=watch)
    back = course(seen(10, 100, errors=50), watch=watch)
    end = course(seen(), where=alone(), watch=watch)
    assert isinstance(forward, Step)
    assert isinstance(back, RollBack)
    assert isinstance(end, Done)
    assert end.plan is not None
    written = [plan.write for plan in (forward.plan, back.plan, end.plan)]
    assert [write.memory.record.follow_up is not None for write in written if write] == [follow_up is not None] * 3


@pytest.mark.parametrize("verb", [Verb.DEPLOY, Verb.ROLLBACK, Verb.PROMOTE])
def test_at_the_end_hooks_that_were_left_undone_are_all_there_is_to_do(verb: Verb) -> None:
    where = alone(operation=Operation(verb, "x"), follow_up=SINCE)
    assert sight(where, CANARY, HOOKED, SINCE + 89) == Wait(SINCE + 90, MAY_BE_RUNNING)
    assert sight(where, CANARY, HOOKED, SINCE + 90) == FollowUp(verb, over=True, of=SINCE)


def test_hooks_of_the_last_step_do_not_end_the_final_bake() -> None:
    where, watch = alone(follow_up=SINCE), replace(FINAL, follow_up=90)
    assert course(seen(1), SINCE + 90, where=where, watch=watch) == FollowUp(Verb.DEPLOY, over=False, of=SINCE)
    rolled_back = alone(operation=Operation(Verb.ROLLBACK, "x"), follow_up=SINCE)
    assert sight(rolled_back, CANARY, watch, SINCE + 90) == FollowUp(Verb.ROLLBACK, over=True, of=SINCE)


def test_the_time_that_hooks_take_is_not_negative() -> None:
    from deployer.core import InvalidValue

    with pytest.raises(InvalidValue, match="the time that hooks take is not negative"):
        replace(WATCH, follow_up=-1)


def test_hooks_have_their_time_from_what_was_written_last_not_from_when_the_routing_came() -> None:
    where = alone(operation=Operation(Verb.PROMOTE, "x"), follow_up=SINCE + 700)
    assert sight(where, CANARY, HOOKED, SINCE + 750) == Wait(SINCE + 790, MAY_BE_RUNNING)
