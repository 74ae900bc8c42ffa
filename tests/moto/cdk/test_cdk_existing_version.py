"""What `deployer cdk deploy` makes of "A version for this Lambda function exists", which no plan can rule out.

Here somebody has published by hand what the commit holds: the template changes the function, and Lambda's does not.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import boto3
import pytest

from deployer.aws.failure import NotAllowed
from deployer.aws.stack import Stack
from deployer.local.cloudformation.resources.lambda_function import inline_zip

if TYPE_CHECKING:
    from shop import Ran, Shop

DEPLOY = ("deploy", "--env", "prd", "--adopt")


def publish_by_hand(shop: Shop, code: int) -> None:
    client = boto3.client("lambda")
    content = inline_zip("python3.13", f"def handler(event, context):\n    return {code}\n")
    client.update_function_code(FunctionName=shop.name("orders"), ZipFile=content, Publish=True)


def deployed_anew(shop: Shop) -> Ran:
    """A deploy of code 2, whose content is version 2 already."""
    shop.use_script_as_cli()
    shop.release(1)
    publish_by_hand(shop, 2)
    shop.function(code=2)
    return shop.run(*DEPLOY)


def test_a_version_that_exists_is_told_with_the_way_out(shop: Shop) -> None:
    ran = deployed_anew(shop)
    assert (ran.code, shop.alias()) == (1, ("1", {}))
    failed, what, why, way_out, *more = ran.err.partition("deployer: ")[2].splitlines()
    assert more == []
    assert failed.startswith(f"the CDK CLI failed with code 1: cdk deploy {shop.name('Shop')}")
    (version_id,) = re.findall(r"the Version (Fn0V\w+) of", what)
    assert what == (
        f"  the Version {version_id} of {shop.name('orders')}: Resource handler returned message: "
        '"A version for this Lambda function exists ( 2 ). Modify the function to create a new version." '
        "(HandlerErrorCode: AlreadyExists)"
    )
    assert why == (
        "  Lambda publishes nothing that is in its newest version already: the template changes the function, and what "
        "comes of it is the same"
    )
    assert way_out == (
        '  change the function\'s description in the app too, such as description="release 2", and deploy again'
    )


def test_the_way_out_leads_out(shop: Shop) -> None:
    assert deployed_anew(shop).code == 1
    shop.function(code=3)
    assert shop.run(*DEPLOY).code == 0
    assert shop.alias() == ("3", {"1": 0.75})


def test_the_document_says_which_failure_it_was(shop: Shop) -> None:
    deployed_anew(shop)
    error = json.loads(shop.run(*DEPLOY, "--output", "json").out)["functions"][0]["error"]
    assert error["kind"] == "NothingPublished"
    assert "A version for this Lambda function exists" in error["message"]


def test_without_a_look_at_the_events_the_failure_is_told_as_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Stack) -> None:
        raise NotAllowed("read the events", "AccessDenied")

    monkeypatch.setattr(Stack, "failures", denied)
    ran = deployed_anew(shop)
    assert ran.code == 1
    assert "the CDK CLI failed with code 1" in ran.err
    assert "A version for this Lambda function exists" not in ran.err


def test_another_failure_after_it_is_not_taken_for_it(shop: Shop) -> None:
    assert "A version for this" in deployed_anew(shop).err
    shop.local.fail_resource("AWS::Lambda::Function")
    ran = shop.run(*DEPLOY)
    assert ran.code == 1
    assert "A version for this" not in ran.err
