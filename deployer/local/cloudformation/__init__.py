"""CloudFormation in the embedded Lambda: stacks of functions, versions, aliases and what small apps put around them.

A template becomes resources in the order of its references; each Lambda resource is written by the very rules that
answer Lambda's API, the others by moto behind this server's own port. A type, property, function or operation that it
does not know is an error, never skipped. The rules and their sources: `docs/lambda-facts.md` §13.
"""
