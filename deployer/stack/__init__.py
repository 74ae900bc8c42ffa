"""Releases through a CloudFormation stack: the same core decides, CDK renders, CloudFormation carries it out.

CloudFormation promises no compare-and-swap and does not see what others did, so there is a look before each deployment,
and one after it. Everything here reads AWS, and nothing writes.

    decision  ─┬─▶ resolved ──▶ confirmation ──▶ the CDK CLI deploys the app with the target ──▶ verification
    importing ─┘

    site          one alias of one function of a stack, and where it is looked at
    decision      what the template must say for a request, or for the alias to stay as it is
    fitness       what has to be known of the versions first; contents: of what would be published over
    importing     what the template must say for an import to leave the alias as it is
    resolved      what was decided, with the target that says it
    confirmation  whether all is still as it was then
    expectation   what is there once a stack is deployed with a target
    verification  whether that came true
"""
