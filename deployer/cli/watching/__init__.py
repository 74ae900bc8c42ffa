"""Rollouts on the command line: who takes part, what is shown while they go on, and how they ended."""
