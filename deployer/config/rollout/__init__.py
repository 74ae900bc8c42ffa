"""The table `rollout`: how a release goes the whole way by itself, and what is said of it.

tables.py     the keys, their limits and what is built in
fitting.py    which of the tables that a file gives are meant for one function in one environment
written.py    these, merged and filled, each value with its place
resolve.py    from there to RolloutSettings (settings.py), part by part: bakes, gates, windows, trials, hooks, notices
explain.py    every value and where it comes from
"""
