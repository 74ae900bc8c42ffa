"""`deployer cdk`: the same verbs for functions that a CDK app deploys.

group ──▶ a command ──▶ asked (options)  project (where the app is)  selection (which releases)
                        jobs (all releases)  job (one)  report (how it is told)
                        release (decide for all, write the targets)  deployment (the CDK CLI, and verify)
"""
