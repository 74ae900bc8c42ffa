"""The Rules section: assertions about parameters, as the CDK writes one about its bootstrap's version."""

from __future__ import annotations

from deployer.local.cloudformation.intrinsics import Scope
from deployer.local.cloudformation.refusals import invalid
from deployer.local.cloudformation.template import Template


def refuse_failed(template: Template, scope: Scope) -> None:
    """Raise StackRefusal for the first assertion that does not hold."""
    for name, rule in template.section("Rules").items():
        if "RuleCondition" in rule and not scope.resolve(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not scope.resolve(assertion["Assert"]):
                told = assertion.get("AssertDescription", "an assertion does not hold")
                raise invalid(f"Template validation error: Rule {name} failed: {told}")
