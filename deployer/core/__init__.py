"""Decides everything, touches nothing: standard library alone; no I/O, no clock, no environment, no logger."""
