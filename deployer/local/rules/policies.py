"""AddPermission, RemovePermission, GetPolicy: one policy for each of function, version and alias (§5)."""

from __future__ import annotations

import json
from typing import Any

from deployer.local.rules import naming
from deployer.local.rules.refusals import conflict, invalid, not_found, stale
from deployer.local.rules.world import LATEST, Alias, Call, Reply, Version, World, new_id


def add_permission(world: World, call: Call) -> Reply:
    """201 with the statement as JSON text; the owner's RevisionId changes, and is the policy's then (recorded)."""
    arn, owner = _owner(world, call)
    body = call.body
    _guard(owner, body.get("RevisionId"))
    sid = body["StatementId"]
    if any(statement["Sid"] == sid for statement in owner.policy.statements):
        raise conflict(
            f"The statement id ({sid}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )
    statement = _statement(body, arn)
    owner.policy.statements.append(statement)
    _bump(owner)
    return Reply(201, {"Statement": json.dumps(statement)})


def remove_permission(world: World, call: Call) -> Reply:
    """204; 404 for a statement that is not there."""
    _, owner = _owner(world, call)
    _guard(owner, call.params.get("RevisionId"))
    sid = call.params["StatementId"]
    kept = [statement for statement in owner.policy.statements if statement["Sid"] != sid]
    if len(kept) == len(owner.policy.statements):
        raise not_found(f"Statement {sid} is not found in resource policy.")
    owner.policy.statements[:] = kept
    _bump(owner)
    return Reply(204)


def get_policy(world: World, call: Call) -> Reply:
    """The policy as JSON text; 404 where there is none (recorded)."""
    _, owner = _owner(world, call)
    policy = owner.policy
    if not policy.statements:
        raise not_found("The resource you requested does not exist.")
    document = {"Version": "2012-10-17", "Id": "default", "Statement": policy.statements}
    return Reply(200, {"Policy": json.dumps(document), "RevisionId": policy.revision_id})


def _owner(world: World, call: Call) -> tuple[str, Version | Alias]:
    found, version, alias, qualifier = naming.qualified(world, call)
    if qualifier == LATEST and call.operation == "AddPermission":
        raise invalid("We currently do not support adding policies for $LATEST.")
    return (f"{found.arn}:{qualifier}" if qualifier else found.arn), alias or version


def _guard(owner: Version | Alias, given: str | None) -> None:
    if given not in {None, owner.revision_id, owner.policy.revision_id or owner.revision_id}:
        raise stale("GetPolicy")


def _bump(owner: Version | Alias) -> None:
    match owner:
        case Version():
            owner.bump()
        case Alias():
            owner.revision_id = new_id()
    owner.policy.revision_id = owner.revision_id


def _statement(body: Any, arn: str) -> dict[str, Any]:
    principal = body["Principal"]
    who = {"Service": principal} if principal.endswith(".amazonaws.com") else {"AWS": principal}
    conditions: dict[str, dict[str, str]] = {}
    if "SourceArn" in body:
        conditions["ArnLike"] = {"AWS:SourceArn": body["SourceArn"]}
    if "SourceAccount" in body:
        conditions["StringEquals"] = {"AWS:SourceAccount": body["SourceAccount"]}
    return {
        "Sid": body["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else who,
        "Action": body["Action"],
        "Resource": arn,
        **({"Condition": conditions} if conditions else {}),
    }
