"""The keys of the table `rollout`, which stands wherever `strategy` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.config.kinds import (
    Between,
    Day,
    Duration,
    Flag,
    Key,
    List,
    Names,
    Number,
    Raw,
    String,
    Table,
    Whole,
    Word,
)

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_LONGEST: Final = 14 * 24 * _HOUR  # CloudWatch keeps metrics of one minute for 15 days
_CALLS_MOST: Final = 1_000_000_000

_THEN = Word(("hold", "go_on", "roll_back"))
_RATIO = Between(1, 1000)
_IMPORTED = String(
    filled=r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*",
    hint='a Python callable like "package.module:function"',
)
_NAME = String(filled=r"\S(.*\S)?", most=100, hint="a name in one line")
_WEEKLY = String(
    pattern=r"(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):[0-5][0-9]",
    hint='a weekday and a time, like "fri 16:00"',
)
_DAY = Day(2000, 2999)

# What a share can have of its own.
BAKE = (
    Key("bake", Duration(0, _LONGEST), "how long a step rests at least, while it is watched"),
    Key(
        "bake_invocations",
        Whole(0, _CALLS_MOST),
        "a step rests, too, until the new version has been invoked so often since it began",
    ),
    Key(
        "longest",
        Duration(_MINUTE, _LONGEST),
        "how long to wait for these invocations, no shorter than `bake`; goes with `bake_invocations`",
    ),
    Key("at_longest", _THEN, "what to do when they have not come by then; goes with `bake_invocations`"),
)

STEP = (
    Key("share", Number(0, 100), "which of `canary_increments`", needed=True),
    *(Key(key.name, key.kind, f"instead of `rollout.{key.name}`") for key in BAKE),
)

DURATION_GATE = (
    Key("percentile", Number(0, 100), "which percentile of duration, with at most two decimals", needed=True),
    Key("ratio", _RATIO, "how many times the old version's it may be", needed=True),
)

_ERRORS = (
    Key("enabled", Flag(), "whether errors are judged at all"),
    Key("compare", Flag(), "whether they are compared with the old version's; else `ceiling` alone holds"),
    Key("ratio", _RATIO, "how many times the old version's share of errors the new one's may be"),
    Key("ceiling", Number(0, 100), "percent of its calls that the new version may never fail on, whatever the old one"),
)

_THROTTLES = (
    Key("enabled", Flag(), "whether throttles are judged; by default where this table is given"),
    Key("ratio", _RATIO, "how many times the old version's share of throttled calls the new one's may be"),
)

_GATES = (
    Key("errors", Table(_ERRORS), "the share of calls that fail"),
    Key("durations", List(Table(DURATION_GATE)), "how long calls take, percentile by percentile"),
    Key("throttles", Table(_THROTTLES), "the share of calls that are throttled"),
    Key(
        "alarms",
        List(String(filled=r"(?s).+", most=255, hint="the name of an alarm"), most=100),
        "CloudWatch alarms, metric or composite, of which none may be red",
    ),
    Key(
        "alarm_tags",
        Names(r"[^\n]{1,128}", "1 to 128 characters", String(most=256)),
        "alarms with all of these tags, of which none may be red",
    ),
    Key(
        "mind_red_before",
        Flag(),
        "whether an alarm counts that was red before the release began, and has been since",
    ),
    Key(
        "false_alarms",
        Number(0, 50),
        "percent of rollouts with a version that is no worse that may be called bad by chance, in all steps together",
    ),
    Key("least_invocations", Whole(1, _CALLS_MOST), "calls of each version compared that are needed to say anything"),
    Key("on_inconclusive", _THEN, "what to do at the end of a bake when there were too few calls"),
    Key("on_no_data", _THEN, "what to do at the end of a bake when nothing was measured"),
)

FREEZE = (
    Key("zone", String(pattern=r"\S+", hint='a time zone like "Europe/Berlin"'), "whose clocks count", needed=True),
    Key("name", _NAME, "what it is called when it holds something up"),
    Key("from", _WEEKLY, "when it begins every week, e.g. `fri 16:00`; goes with `to`"),
    Key("to", _WEEKLY, "when it ends every week, e.g. `mon 08:00`"),
    Key("first", _DAY, "its first day, instead of `from` and `to`; goes with `last`"),
    Key("last", _DAY, "its last day"),
)

TEST = (
    Key("name", _NAME, "what it is called; by default as its file or its callable"),
    Key(
        "event",
        String(filled=r"(?s).+", hint="the path of a file"),
        "JSON file that the new version is invoked with, relative to this file",
    ),
    Key("status", Whole(100, 599), "the `statusCode` of the answer"),
    Key("json", Raw(), "what the answer must contain: these keys with these values; further ones do not matter"),
    Key("within", Duration(1, _MINUTE), "how long the call may take"),
    Key(
        "check",
        _IMPORTED,
        "Python callable that judges instead of `status`, `json`, `within` and `shadow`: `module:function`",
    ),
    Key(
        "shadow",
        Word(("show", "fail")),
        "invoke the old version with the same event, and show a difference, or fail because of it",
    ),
)

HOOK = (
    Key("at", Word(("before", "after", "end")), "before each step, after each step, or at the end", needed=True),
    Key("name", _NAME, "what it is called; by default as what it runs"),
    Key("python", _IMPORTED, "Python callable: `module:function`"),
    Key(
        "lambda",
        String(
            filled=r"arn:aws[a-z-]*:lambda:\S+|[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?",
            most=256,
            hint="the name or ARN of a function",
        ),
        "Lambda function to invoke, by name or ARN",
    ),
    Key(
        "command",
        List(String(filled="[^\0]*", hint="text without a zero byte"), least=1),
        "command to run, word by word, in the directory of this file",
    ),
    Key("timeout", Duration(1, _HOUR), "how long it may take"),
    Key("on_failure", Word(("roll_back", "hold", "ignore")), "what its failure does"),
)

NOTIFY = (
    Key(
        "file",
        String(filled=r"(?s).+", hint="the path of a file"),
        "file to append to, a line of JSON for each event, relative to this file",
    ),
    Key(
        "webhook",
        String(
            filled=r"(https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])|http://(localhost|127\.0\.0\.1|\[::1\]))"
            r"(:[0-9]{1,5})?([/?#][!-~]*)?",
            hint="a URL that begins with https://, or with http:// on this machine alone",
            secret=True,
        ),
        "URL that each event is posted to; only its host is ever shown",
    ),
    Key(
        "sns",
        String(
            filled=r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?",
            hint="the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME",
        ),
        "ARN of an SNS topic",
    ),
    Key(
        "event_bus",
        String(
            filled=r"(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[/._A-Za-z0-9-]{1,256}",
            hint="the name or ARN of an event bus",
        ),
        "EventBridge bus, by name or ARN",
    ),
)

ROLLOUT = (
    *BAKE,
    Key("final_bake", Duration(0, _LONGEST), "how long the new version is watched once it has all traffic"),
    Key("metric_delay", Duration(0, _HOUR), "how late the metrics of a minute may come"),
    Key("steps", List(Table(STEP)), "shares that bake in a way of their own"),
    Key("gates", Table(_GATES), "what the new version has to pass at every step"),
    Key("freeze", List(Table(FREEZE)), "times in which nothing goes forward; going back is always allowed"),
    Key(
        "stop",
        String(pattern=r"(\S(.*\S)?)?", hint='why nothing may go forward, in one line, or "" for no stop'),
        "why nothing goes forward here at all, until this is taken out",
    ),
    Key("tests", List(Table(TEST)), "how the new version is tried before it has any traffic"),
    Key("hooks", List(Table(HOOK)), "what is run before and after each step, and at the end"),
    Key("notify", List(Table(NOTIFY)), "who is told of every event"),
    Key("on_interrupt", Word(("stop", "roll_back")), "Ctrl-C or SIGTERM: leave the alias as it is, or put it back"),
)
ROLLOUT_TABLE = Table(ROLLOUT)

BUILT_IN_ROLLOUT: Mapping[str, Any] = {
    "bake": "10m",
    "bake_invocations": 0,
    "longest": "6h",
    "at_longest": "hold",
    "final_bake": "0s",
    "metric_delay": "2m",
    "gates": {
        "errors": {"enabled": True, "compare": True, "ratio": 1},
        "mind_red_before": False,
        "false_alarms": 1,
        "least_invocations": 100,
        "on_inconclusive": "hold",
        "on_no_data": "hold",
    },
    "on_interrupt": "stop",
}

HOOK_BUILT_IN: Mapping[str, Any] = {"timeout": "30s", "on_failure": "hold"}

# What only steps at a part of the traffic have.
OF_CANARY = (*(key.name for key in BAKE), "steps")
ELEMENTS: Mapping[str, tuple[Key, ...]] = {
    "rollout.steps": STEP,
    "rollout.gates.durations": DURATION_GATE,
    "rollout.freeze": FREEZE,
    "rollout.tests": TEST,
    "rollout.hooks": HOOK,
    "rollout.notify": NOTIFY,
}
BUILT_IN_ELEMENTS: Mapping[str, Mapping[str, Any]] = {"rollout.hooks": HOOK_BUILT_IN}
