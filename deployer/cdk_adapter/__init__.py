"""Renders what was decided as CDK constructs; plans nothing, and asks AWS nothing."""
