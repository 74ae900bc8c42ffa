"""What a Deployer is made with, held to what a configuration may say of the same: the keys of `deployer.config`.

Values are told back, except those of settings, which may be secret: of them only names are checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deployer.config.kinds import Flag, Kind, List, String, Word
from deployer.config.members import ELSEWHERE, SET_BY_A_RELEASE, updatable
from deployer.config.schema import FUNCTION, PLACE, RELEASE
from deployer.config.suggest import did_you_mean, listed, quoted
from deployer.core import InvalidValue

_KINDS: Final[Mapping[str, Kind]] = {key.name: key.kind for key in (*RELEASE, *PLACE, *FUNCTION)}
_KEYS: Final[Mapping[str, str]] = {
    "function_name": "name",
    "alias": "alias",
    "protected": "protected",
    "build": "build",
    "exclude": "exclude",
    "architecture": "architecture",
    "release_env_var": "release_env_var",
    "region": "region",
    "account": "account",
    "profile": "profile",
    "artifact_bucket": "artifact_bucket",
    "artifact_prefix": "artifact_prefix",
}
"""Arguments by name, and the key that says what each takes."""
_MAY_BE_NONE: Final = frozenset({"architecture", "release_env_var", "region", "account", "profile", "artifact_bucket"})


def check_arguments(arguments: Mapping[str, object]) -> None:
    """Raise InvalidValue for the first argument that no release can be made with."""
    for name, key in _KEYS.items():
        value = arguments[name]
        if value is None and name in _MAY_BE_NONE:
            continue
        if expected := _departure(value, _KINDS[key]):
            raise InvalidValue(value, f"{name} takes {expected}")
    _check_code(arguments["code"])
    _check_release(arguments["release"])
    _check_settings(arguments["settings"])


def _departure(value: object, kind: Kind) -> str | None:
    """What is expected in the place of a value that is none of its kind."""
    match kind:
        case String():
            return None if isinstance(value, str) and _fits(value, kind) else _text(kind)
        case Word(words):
            return None if value in words else listed(map(quoted, words))
        case Flag():
            return None if isinstance(value, bool) else "True or False"
        case List(item):
            # A text is a sequence of texts too, each of one character.
            texts = isinstance(value, list | tuple) and all(_departure(one, item) is None for one in value)
            return None if texts else "a tuple of texts"
        case _:
            raise TypeError(f"no argument is checked against {kind}")


def _fits(value: str, kind: String) -> bool:
    patterns = (pattern for pattern in (kind.pattern, kind.filled) if pattern is not None)
    return all(re.fullmatch(pattern, value) for pattern in patterns) and len(value) <= (kind.most or len(value))


def _text(kind: String) -> str:
    room = "" if kind.most is None else f", at most {kind.most} characters"
    return f"{kind.hint or 'text'}{room}"


def _check_code(code: object) -> None:
    if code is not None and not isinstance(code, str | Path):
        raise InvalidValue(code, "code takes a path, or an address as text")


def _check_release(release: object) -> None:
    if release is not None and not isinstance(release, str):
        raise InvalidValue(release, "release takes text")


def _check_settings(settings: object) -> None:
    if not isinstance(settings, Mapping):
        raise InvalidValue(type(settings).__name__, "settings takes members of UpdateFunctionConfiguration by name")
    known = updatable()
    for name in settings:
        if name not in known:
            raise InvalidValue(name, _no_setting(name, known))


def _no_setting(name: object, known: set[str]) -> str:
    if name == "Architectures":
        return "is no part of settings: give it as `architecture`"
    if name in SET_BY_A_RELEASE:
        return "is set by the release itself"
    meant = did_you_mean(name, known) if isinstance(name, str) else ""
    return ELSEWHERE.get(str(name)) or f"is no member of UpdateFunctionConfiguration that settings take{meant}"
