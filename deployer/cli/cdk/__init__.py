"""`deployer cdk`: the same verbs for functions that a CDK app deploys.

group ──▶ a command ──▶ asked (options)  project (where the app is)  selection (which releases)
                        release (decide for all, write the targets)  deployment (the CDK CLI, and verify)
"""
