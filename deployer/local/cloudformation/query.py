"""The Query protocol of CloudFormation's API: forms in, XML out, both by the service model that botocore ships."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

from moto.core.parse import QueryParser
from moto.core.serialize import QuerySerializer, SerializationContext
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from deployer.local.cloudformation.refusals import StackRefusal, invalid
from deployer.local.rules.world import Reply, new_id

_XML: Final = {"Content-Type": "text/xml"}
_NAMESPACE: Final = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


def understood(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """Operation and members of a request; raises StackRefusal for what the model does not have or misses."""
    form = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
    operation = form.get("Action", "")
    if operation not in _model().operation_names:
        raise StackRefusal("InvalidAction", f"Could not find operation {operation} for version 2010-05-15")
    model = _model().operation_model(operation)
    # The rest of what the parser takes a request to be is of other protocols.
    request: Any = {"values": form}
    members = QueryParser(model).parse(request)
    _refuse_missing(model, members)
    return operation, members


def _refuse_missing(model: Any, members: Mapping[str, Any]) -> None:
    for name in model.input_shape.required_members:
        if name not in members:
            path = f"{name[:1].lower()}{name[1:]}"
            raise invalid(
                f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: "
                "Member must not be null"
            )


def answered(operation: str, members: Mapping[str, Any]) -> Reply:
    """An answer; members that are None are left out."""
    context = SerializationContext(request_id=new_id())
    done = QuerySerializer(_model().operation_model(operation), context).serialize(_without_none(members))
    return Reply(200, str(done["body"]).encode(), _XML)


def refused(refusal: StackRefusal) -> Reply:
    """A refusal as an answer."""
    body = (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{refusal.code}</Code>'
        f"<Message>{html.escape(refusal.message, quote=False)}</Message></Error>"
        f"<RequestId>{new_id()}</RequestId></ErrorResponse>"
    )
    return Reply(refusal.status, body.encode(), _XML)


def _without_none(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _without_none(held) for key, held in value.items() if held is not None}
        case list():
            return [_without_none(item) for item in value]
        case _:
            return value


@cache
def _model() -> Any:
    return get_service_model("cloudformation")
