"""Decides everything, touches nothing: standard library alone; no I/O, no clock, no environment, no log."""

from deployer.core.action import (
    Action,
    Await,
    CreateAlias,
    CreateFunction,
    Publish,
    PushCode,
    PushSettings,
    Shift,
    Write,
    stamped,
)
from deployer.core.content import Content
from deployer.core.errors import (
    DeployerError,
    InvalidIncrements,
    InvalidPercent,
    InvalidRequest,
    InvalidRouting,
    InvalidValue,
    InvalidVersion,
)
from deployer.core.freeze import Freeze
from deployer.core.increments import CanaryIncrements
from deployer.core.memory import Manual, Memory, Operation, Record, Through, Verb
from deployer.core.pair import VersionFacts, check, unable, unroutable
from deployer.core.percent import Percent
from deployer.core.plan import Decision, Notice, Plan, Reason, Refusal, Topic
from deployer.core.planner import after, plan, unread
from deployer.core.recollection import Recollection, recollect
from deployer.core.request import Conclude, Deploy, FollowedUp, Hold, Promote, Request, Resume, Rollback, Route
from deployer.core.rollout import rollout
from deployer.core.situation import ALL_VERSIONS, AllVersions, Situation, Wanted
from deployer.core.state import (
    Absent,
    AliasState,
    Move,
    Routing,
    Settling,
    Stable,
    Transition,
    read_state,
    versions_on,
)
from deployer.core.strategy import BlueGreen, Canary, Development, OnNewer, Policy, Strategy
from deployer.core.token import Description, TokenDamaged, TokenTooNew, compose, parse_description
from deployer.core.verdict import Verdict
from deployer.core.version import LATEST, NEW, Latest, New, Published, Version, read_published, read_version

__all__ = [
    "ALL_VERSIONS",
    "LATEST",
    "NEW",
    "Absent",
    "Action",
    "AliasState",
    "AllVersions",
    "Await",
    "BlueGreen",
    "Canary",
    "CanaryIncrements",
    "Conclude",
    "Content",
    "CreateAlias",
    "CreateFunction",
    "Decision",
    "Deploy",
    "DeployerError",
    "Description",
    "Development",
    "FollowedUp",
    "Freeze",
    "Hold",
    "InvalidIncrements",
    "InvalidPercent",
    "InvalidRequest",
    "InvalidRouting",
    "InvalidValue",
    "InvalidVersion",
    "Latest",
    "Manual",
    "Memory",
    "Move",
    "New",
    "Notice",
    "OnNewer",
    "Operation",
    "Percent",
    "Plan",
    "Policy",
    "Promote",
    "Publish",
    "Published",
    "PushCode",
    "PushSettings",
    "Reason",
    "Recollection",
    "Record",
    "Refusal",
    "Request",
    "Resume",
    "Rollback",
    "Route",
    "Routing",
    "Settling",
    "Shift",
    "Situation",
    "Stable",
    "Strategy",
    "Through",
    "TokenDamaged",
    "TokenTooNew",
    "Topic",
    "Transition",
    "Verb",
    "Verdict",
    "Version",
    "VersionFacts",
    "Wanted",
    "Write",
    "after",
    "check",
    "compose",
    "parse_description",
    "plan",
    "read_published",
    "read_state",
    "read_version",
    "recollect",
    "rollout",
    "stamped",
    "unable",
    "unread",
    "unroutable",
    "versions_on",
]
