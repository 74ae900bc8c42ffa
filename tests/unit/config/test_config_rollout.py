"""The table `rollout`: what comes out of it, level by level, and what is built in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deployer.config import Config, ConfigError, Explained, load
from deployer.config.rollout.settings import (
    CommandHook,
    HookSettings,
    LambdaHook,
    Moment,
    NotifyBus,
    NotifyFile,
    NotifyTopic,
    NotifyWebhook,
    OnFailure,
    PythonHook,
    RolloutSettings,
    Shadow,
    TrialSettings,
)
from deployer.core.errors import InvalidValue
from deployer.core.freeze import Dates, Freeze, Weekly
from deployer.core.percent import Percent
from deployer.core.watch.policy import (
    AlarmGate,
    Bake,
    DurationGate,
    ErrorGate,
    Gates,
    Then,
    ThrottleGate,
    Watch,
)

Load = Callable[[str], Config]
FUNCTION = '[functions.f]\ncode = "src"\n'

WHOLE = """\
[functions.orders]
code = "src"

[rollout]
bake = "10m"
bake_invocations = 500
longest = "2h"
at_longest = "roll_back"
final_bake = "1h30m"
metric_delay = "3m"
steps = [
  { share = 25, bake = "30m", bake_invocations = 50, longest = "45m", at_longest = "go_on" },
  { share = 75, bake_invocations = 0 },
]
stop = "incident 42"
on_interrupt = "roll_back"

[rollout.gates]
errors = { ratio = 1.5, ceiling = 5 }
durations = [{ percentile = 95, ratio = 1.5 }, { percentile = 99.9, ratio = 2 }]
throttles = { ratio = 2 }
alarms = ["{function}-{env}-5xx"]
alarm_tags = { team = "orders", env = "{env}" }
mind_red_before = true
false_alarms = 0.5
least_invocations = 20
on_inconclusive = "go_on"
on_no_data = "roll_back"

[[rollout.freeze]]
name = "weekend"
from = "fri 16:00"
to = "mon 08:00"
zone = "Europe/Berlin"

[[rollout.freeze]]
first = 2026-12-20
last = 2027-01-06
zone = "UTC"

[[rollout.tests]]
event = "events/order.json"
status = 201
json = { body = "{env}", items = ["{{env}}", 1] }
within = "2s"
shadow = "fail"

[[rollout.tests]]
name = "by hand"
check = "checks.orders:check"

[[rollout.hooks]]
at = "before"
python = "hooks:before"

[[rollout.hooks]]
at = "after"
lambda = "smoke-{env}:LIVE"
timeout = "5m"
on_failure = "roll_back"

[[rollout.hooks]]
name = "tell"
at = "end"
command = ["make", "tell", "ENV={env}"]
on_failure = "ignore"

[[rollout.notify]]
file = "log/{env}.jsonl"

[[rollout.notify]]
webhook = "https://hooks.example.com/T0/hunter2?a=b"

[[rollout.notify]]
sns = "arn:aws:sns:eu-west-1:123456789012:orders"

[[rollout.notify]]
event_bus = "default"
"""


@pytest.fixture
def event(here: Path) -> Path:
    path = here / "events" / "order.json"
    path.parent.mkdir()
    path.write_text('{"id": 1}', encoding="utf-8")
    return path


def rollout(config: Config, environment: str = "prd", function: str = "f") -> RolloutSettings:
    found = config.settings(environment, function).rollout
    assert found is not None
    return found


def test_a_whole_table_becomes_settings(config: Load, here: Path, event: Path) -> None:
    assert rollout(config(WHOLE), function="orders") == RolloutSettings(
        watch=Watch(
            bake=Bake(600, 500, 7200, Then.ROLL_BACK),
            bakes={Percent.of(25): Bake(1800, 50, 2700, Then.GO_ON), Percent.of(75): Bake(600)},
            final=Bake(5400),
            gates=Gates(
                errors=ErrorGate(1.5, Percent.of(5)),
                durations=(DurationGate(95, 1.5), DurationGate(99.9, 2)),
                throttles=ThrottleGate(2),
                alarms=AlarmGate(("orders-prd-5xx",), (("env", "prd"), ("team", "orders")), mind_red_before=True),
                alpha=0.005,
                least_invocations=20,
                on_inconclusive=Then.GO_ON,
                on_no_data=Then.ROLL_BACK,
            ),
            delay=180,
        ),
        directory=here,
        freeze=Freeze(
            (
                Weekly(4, time(16), 0, time(8), ZoneInfo("Europe/Berlin"), "weekend"),
                Dates(date(2026, 12, 20), date(2027, 1, 6), ZoneInfo("UTC")),
            )
        ),
        stopped="incident 42",
        tests=(
            TrialSettings("order", event, 201, {"body": "prd", "items": ["{env}", 1]}, within=2, shadow=Shadow.FAIL),
            TrialSettings("by hand", check="checks.orders:check"),
        ),
        hooks=(
            HookSettings("hooks:before", Moment.BEFORE, PythonHook("hooks:before"), 30, OnFailure.HOLD),
            HookSettings("smoke-prd:LIVE", Moment.AFTER, LambdaHook("smoke-prd:LIVE"), 300, OnFailure.ROLL_BACK),
            HookSettings("tell", Moment.END, CommandHook(("make", "tell", "ENV=prd")), 30, OnFailure.IGNORE),
        ),
        notify=(
            NotifyFile(here / "log" / "prd.jsonl"),
            NotifyWebhook("https://hooks.example.com/T0/hunter2?a=b"),
            NotifyTopic("arn:aws:sns:eu-west-1:123456789012:orders"),
            NotifyBus("default"),
        ),
        on_interrupt="roll_back",
    )


@pytest.mark.parametrize("text", [FUNCTION, "rollout = {}\n" + FUNCTION])
def test_without_a_table_a_rollout_is_what_is_built_in(config: Load, here: Path, text: str) -> None:
    loaded = config(text)
    assert rollout(loaded, "prd") == rollout(loaded, "stg") == RolloutSettings(Watch(Bake(600)), here)
    assert rollout(loaded).watch.gates == Gates(errors=ErrorGate(1.0), alpha=0.01)
    assert loaded.settings("sbx", "f").rollout is None


def test_a_freeze_and_a_stop_hold_for_every_command(config: Load, event: Path) -> None:
    assert event.exists()
    settings = config(WHOLE).settings("prd", "orders")
    assert settings.rollout is not None
    assert settings.policy.freeze == settings.rollout.freeze != Freeze()
    assert settings.policy.stopped == "incident 42"
    assert config(FUNCTION).settings("prd", "f").policy.freeze == Freeze()


def test_settings_have_a_rollout_exactly_unless_traffic_moves_at_once(config: Load) -> None:
    settings = config(FUNCTION).settings("stg", "f")
    fields: dict[str, Any] = {name: getattr(settings, name) for name in type(settings).__slots__}
    with pytest.raises(InvalidValue, match="a rollout goes with every strategy but latest"):
        type(settings)(**fields | {"deferred_rollout": None})


@pytest.mark.parametrize(
    ("tables", "seconds"),
    [
        ('[rollout]\nbake = "1m"\n', 60),
        ('[rollout]\nbake = "1m"\n[environments.prd.rollout]\nbake = "2m"\n', 120),
        ('[functions.f.rollout]\nbake = "3m"\n[environments.prd.rollout]\nbake = "2m"\n', 180),
        ('[functions.f.rollout]\nbake = "3m"\n[environments.prd.functions.f.rollout]\nbake = "4m"\n', 240),
    ],
)
def test_the_more_particular_level_wins(config: Load, tables: str, seconds: int) -> None:
    assert rollout(config(FUNCTION + tables)).watch.bake == Bake(seconds)


def test_tables_are_merged_and_lists_replaced(config: Load) -> None:
    loaded = config(
        f"""{FUNCTION}
[rollout.gates]
errors = {{ ratio = 2, ceiling = 5 }}
alarms = ["a", "b"]
alarm_tags = {{ team = "orders" }}
[functions.f.rollout.gates]
alarms = ["c"]
throttles = {{}}
[environments.prd.rollout]
final_bake = "1m"
[environments.prd.functions.f.rollout.gates]
errors.ceiling = 10
alarm_tags = {{ tier = "1" }}
throttles.ratio = 3
[environments.stg.functions.f.rollout.gates]
errors.compare = false
alarms = []
throttles.enabled = false
"""
    )
    assert rollout(loaded, "prd").watch == Watch(
        Bake(600),
        final=Bake(60),
        gates=Gates(
            errors=ErrorGate(2, Percent.of(10)),
            alarms=AlarmGate(("c",), (("team", "orders"), ("tier", "1"))),
            throttles=ThrottleGate(3),
        ),
    )
    assert rollout(loaded, "stg").watch.gates == Gates(
        errors=ErrorGate(None, Percent.of(5)), alarms=AlarmGate((), (("team", "orders"),))
    )


def test_a_gate_can_be_taken_out(config: Load) -> None:
    loaded = config(FUNCTION + "[rollout.gates]\nerrors = { enabled = false, compare = false }\ndurations = []\n")
    assert rollout(loaded).watch.gates == Gates(errors=None)


def test_an_empty_stop_takes_back_another_one(config: Load) -> None:
    loaded = config(FUNCTION + '[rollout]\nstop = "incident"\n[environments.prd.rollout]\nstop = ""\n')
    assert [rollout(loaded, name).stopped for name in ("stg", "prd")] == ["incident", None]


def test_what_is_meant_for_others_is_passed_over(config: Load) -> None:
    """Steps where there are none, a longest time without invocations, and all of it where traffic moves at once."""
    loaded = config(
        FUNCTION + '[rollout]\nsteps = [{ share = 25, bake = "1m" }]\nlongest = "2h"\nfinal_bake = "1m"\n'
        "gates.errors.ceiling = 5\n[environments.prd.rollout]\nbake_invocations = 5\n"
        "[environments.qa]\ncanary_increments = [25]\n"
        'strategy = "canary"\n'
    )
    assert loaded.settings("sbx", "f").rollout is None
    gates = Gates(ErrorGate(1.0, Percent.of(5)))
    assert rollout(loaded, "stg").watch == Watch(Bake(600), final=Bake(60), gates=gates)
    assert rollout(loaded, "qa").watch == Watch(Bake(600), {Percent.of(25): Bake(60)}, Bake(60), gates)
    assert rollout(loaded, "prd").watch == Watch(
        Bake(600, 5, 7200), {Percent.of(25): Bake(60, 5, 7200)}, Bake(60), gates
    )


@pytest.mark.parametrize(
    ("more", "judged"),
    [("", False), ('gates.alarms = ["5xx"]\n', True), ("gates.errors.ceiling = 5\n", True)],
)
def test_a_final_bake_needs_what_can_judge_without_anything_to_compare_with(
    problems: Callable[[str], list[str]], config: Load, more: str, *, judged: bool
) -> None:
    said = "with all traffic only gates.errors.ceiling and gates.alarms can judge; give one of them"
    text = FUNCTION + f'[environments.prd.rollout]\nfinal_bake = "1m"\n{more}'
    if judged:
        assert rollout(config(text)).watch.final == Bake(60)
    else:
        assert problems(text) == [f"deployer.toml:4: environments.prd.rollout.final_bake: {said}"]


def test_a_step_has_the_share_as_the_schedule_has_it(config: Load) -> None:
    loaded = config(FUNCTION + "canary_increments = [12.5]\nrollout.steps = [{ share = 12.50, bake = '1m' }]\n")
    assert rollout(loaded).watch.bakes == {Percent(1250): Bake(60)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'"\xff"', "is not JSON: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"),
        (b"[NaN]", "is not JSON: NaN is none of its numbers"),
        (b"[" * 200_000, "is nested too deep to be read"),
        (b'"' + b"x" * 6 * 1024 * 1024 + b'"', "has 6291458 bytes, at most 6291456 can be sent"),
    ],
)
def test_an_event_that_cannot_be_sent_is_told_at_its_line(
    problems: Callable[[str], list[str]], event: Path, content: bytes, said: str
) -> None:
    event.write_bytes(content)
    text = FUNCTION + '[[environments.prd.rollout.tests]]\nname = "a"\nevent = "events/order.json"\n'
    assert problems(text) == [f'deployer.toml:5: environments.prd.rollout.tests[0].event: "events/order.json" {said}']


def test_an_event_that_is_no_file_is_told_at_its_line(problems: Callable[[str], list[str]], event: Path) -> None:
    text = FUNCTION + 'rollout.tests = [{ event = "events" }, { event = "events/orders.json" }]\n'
    assert problems(text) == [
        'deployer.toml:3: functions.f.rollout.tests[0].event: "events" cannot be read: Is a directory (in stg and prd)',
        'deployer.toml:3: functions.f.rollout.tests[1].event: there is no file "events/orders.json" (in stg and prd)',
    ]


def test_an_event_without_a_name_to_call_its_test_by_is_told_at_its_line(problems: Callable[[str], list[str]]) -> None:
    assert problems(FUNCTION + 'rollout.tests = [{ event = "." }]\n') == [
        'deployer.toml:3: functions.f.rollout.tests[0].event: "." cannot be read: Is a directory (in stg and prd)'
    ]


def test_an_event_for_an_environment_that_the_file_does_not_name_may_be_missing_until_it_is_asked_for(
    config: Load, here: Path
) -> None:
    (here / "prd.json").write_text("{}", encoding="utf-8")
    loaded = config(FUNCTION + 'rollout.tests = [{ event = "{env}.json" }]\n[environments.prd]\n')
    assert rollout(loaded, "prd").tests == (TrialSettings("prd", here / "prd.json"),)
    with pytest.raises(ConfigError) as caught:
        loaded.settings("stg", "f")
    assert str(caught.value) == (
        'deployer.toml:3: functions.f.rollout.tests[0].event: there is no file "stg.json" (in stg)'
    )


def test_an_event_is_found_from_the_directory_of_the_file(
    config: Load, here: Path, event: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = here / "inner"
    inner.mkdir()
    config(FUNCTION + 'rollout.tests = [{ event = "./events/../events/order.json" }]\n')
    monkeypatch.chdir(inner)
    from deployer.config import load

    assert rollout(load()).tests == (TrialSettings("order", event),)


def test_a_machine_without_time_zones_is_told_what_to_install(
    problems: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_zone(key: str) -> None:
        raise KeyError(key)

    monkeypatch.setitem(sys.modules, "zoneinfo", SimpleNamespace(ZoneInfo=no_zone, available_timezones=set))
    text = FUNCTION + '[[environments.prd.rollout.freeze]]\nfrom = "fri 16:00"\nto = "mon 08:00"\nzone = "UTC"\n'
    said = '"UTC" cannot be looked up: this machine has no time zones; install the package tzdata'
    assert problems(text) == [f"deployer.toml:6: environments.prd.rollout.freeze[0].zone: {said}"]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com:8443/a?b=c",
        "http://localhost:8000/a",
        "http://127.0.0.1",
        "https://[2001:db8::1]:8443/a",
        "http://[::1]:8000/a",
    ],
)
def test_a_webhook_is_https_or_on_this_machine(config: Load, url: str) -> None:
    assert rollout(config(FUNCTION + f'rollout.notify = [{{ webhook = "{url}" }}]\n')).notify == (NotifyWebhook(url),)


def test_every_value_is_shown_with_its_place_but_no_url(config: Load, event: Path) -> None:
    rows = config(WHOLE).explain("prd", "orders")
    found = {row.key: row for row in rows if row.key.startswith("rollout.")}
    assert "hunter2" not in repr(rows)
    assert list(found)[:8] == [
        "rollout.bake",
        "rollout.bake_invocations",
        "rollout.longest",
        "rollout.at_longest",
        "rollout.final_bake",
        "rollout.metric_delay",
        "rollout.steps[0].share",
        "rollout.steps[0].bake",
    ]
    shown = [
        Explained("rollout.steps[1].bake_invocations", 0, "deployer.toml:13"),
        Explained("rollout.gates.errors.enabled", True, "default"),
        Explained("rollout.gates.errors.ceiling", 5, "deployer.toml:19"),
        Explained("rollout.gates.alarms", ["orders-prd-5xx"], "deployer.toml:22"),
        Explained("rollout.gates.alarm_tags.env", "prd", "deployer.toml:23"),
        Explained("rollout.freeze[1].first", "2026-12-20", "deployer.toml:37"),
        Explained("rollout.tests[0].json", {"body": "prd", "items": ["{env}", 1]}, "deployer.toml:44"),
        Explained("rollout.notify[1].webhook", "https://hooks.example.com/***", "deployer.toml:72"),
    ]
    assert [found[row.key] for row in shown] == shown


def test_what_is_built_in_is_shown_where_it_holds(config: Load) -> None:
    loaded = config(FUNCTION + "rollout.notify = []\n")
    shown = {
        name: [row.key for row in loaded.explain(name, "f") if row.key.startswith("rollout.")]
        for name in ("sbx", "stg", "prd")
    }
    gates = [
        "rollout.gates.errors.enabled",
        "rollout.gates.errors.compare",
        "rollout.gates.errors.ratio",
        "rollout.gates.mind_red_before",
        "rollout.gates.false_alarms",
        "rollout.gates.least_invocations",
        "rollout.gates.on_inconclusive",
        "rollout.gates.on_no_data",
    ]
    common = ["rollout.final_bake", "rollout.metric_delay", *gates, "rollout.notify", "rollout.on_interrupt"]
    bake = ["rollout.bake", "rollout.bake_invocations", "rollout.longest", "rollout.at_longest"]
    assert shown == {"sbx": [], "stg": common, "prd": bake + common}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "a test has an event, a check, or both"),
        ({"check": "a:b", "status": 200}, "a check or expectations, not both"),
    ],
)
def test_a_trial_that_tries_nothing_cannot_be_built(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        TrialSettings("a", **given)


def test_two_readings_of_one_file_are_equal_and_another_file_is_not(config: Load) -> None:
    text = FUNCTION + 'rollout.bake = "1m"\n'
    first, second, other = (config(text).settings("prd", "f") for text in (text, text, FUNCTION))
    assert first == second
    assert first != other
    assert first.deferred_rollout != first.rollout
    assert hash(first.deferred_rollout) == hash(second.deferred_rollout)


def test_settings_print_no_url() -> None:
    assert repr(NotifyWebhook("https://hooks.example.com/hunter2")) == "NotifyWebhook()"


def test_without_rollouts_no_table_of_them_is_read_at_any_level(here: Path) -> None:
    path = here / "deployer.toml"
    path.write_text(
        f"{FUNCTION}"
        "rollout.nonsense = 1\n"
        "[rollout]\nbake = 'soon'\n"
        "[environments.prd]\nregion = 'eu-west-1'\nrollout.steps = 7\n"
        "[environments.prd.functions.f]\nname = 'other'\nrollout.gates = 7\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError):
        load(path)
    settings = load(path, rollouts=False).settings("prd", "f")
    assert (settings.region, settings.function_name) == ("eu-west-1", "other")
    assert settings.deferred_rollout is not None
    assert settings.deferred_rollout.bare
