"""Rollouts that go the whole way by themselves: look, let the core decide, act at most once, and tell."""
