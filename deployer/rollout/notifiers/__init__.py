"""Whoever is told of a rollout beyond the terminal: a file, a webhook, SNS, EventBridge.

Each is a listener of a `deployer.rollout.stream.Stream`, and raises NotTold where it could not be told. All but the
file leave out looks and waits, of which there are many.
"""
