"""A rollout as one page to keep: no scripts, nothing fetched, the same page for the same events."""

from deployer.rollout.report.interval import Interval, wilson
from deployer.rollout.report.page import FORMAT, render

__all__ = ["FORMAT", "Interval", "render", "wilson"]
