"""Lambda's API as CloudFormation calls it: the same rules, the same journal, under a user agent of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.local.cloudformation.intrinsics import text
from deployer.local.cloudformation.refusals import ResourceFailed, handled
from deployer.local.rules.constraints import lambda_model
from deployer.local.rules.world import Call, Reply

USER_AGENT: Final = "cloudformation.amazonaws.com"


@dataclass(frozen=True, slots=True)
class LambdaApi:
    """Calls operations of one account and region; `answer` raises Refusal as it is answered to any other client."""

    answer: Callable[[Call], Reply]
    account: str
    region: str

    def call(self, operation: str, members: Mapping[str, Any]) -> Any:
        """The answer's body, None when it has none; numbers and truths given as text become what they say."""
        shape = lambda_model()["operations"][operation]["input"]["shape"]
        described = lambda_model()["shapes"][shape]["members"]
        typed = _typed(shape, members)
        body = {name: value for name, value in typed.items() if described[name].get("location") is None}
        params = {name: str(value) for name, value in typed.items() if name not in body}
        raw = json.dumps(body).encode()
        call = Call(operation, self.account, self.region, params, body, raw=raw, user_agent=USER_AGENT)
        return self.answer(call).body


def _typed(shape: str, value: Any) -> Any:
    """The value as the service model types it; raises ResourceFailed for a member that the model does not have."""
    described = lambda_model()["shapes"][shape]
    match described["type"]:
        case "structure" if isinstance(value, Mapping):
            return {name: _typed(_member(described, name), held) for name, held in value.items()}
        case "list" if isinstance(value, list):
            return [_typed(described["member"]["shape"], item) for item in value]
        case "map" if isinstance(value, Mapping):
            return {text(key): _typed(described["value"]["shape"], held) for key, held in value.items()}
        case "blob" if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        case scalar if isinstance(value, (str, int, float)):
            return _scalar(scalar, value)
        case expected:
            raise _mistyped(expected, value)


def _member(described: Mapping[str, Any], name: str) -> str:
    if name not in described["members"]:
        raise handled(f"Model validation failed (#: extraneous key [{name}] is not permitted)", "InvalidRequest")
    found: str = described["members"][name]["shape"]
    return found


def _scalar(expected: str, value: str | float) -> Any:
    try:
        match expected:
            case "integer" | "long":
                return int(value)
            case "double" | "float":
                return float(value)
            case "boolean":
                return text(value).lower() == "true"
            case _:
                return text(value)
    except ValueError as error:
        raise handled(
            f"Properties validation failed: expected type {expected}, found {value}", "InvalidRequest"
        ) from error


def _mistyped(expected: str, found: object) -> ResourceFailed:
    return handled(f"Properties validation failed: expected type {expected}, found {found}", "InvalidRequest")
