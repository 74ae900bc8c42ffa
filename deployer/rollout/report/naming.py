"""What the versions of a rollout are called on the page."""

from __future__ import annotations

from deployer.rollout.report.story import Story


def new_version(story: Story) -> str:
    """Version 5, or the new version where its number is not known."""
    return f"version {story.compared.new}" if story.compared.new else "the new version"


def old_version(story: Story) -> str:
    """Version 4, or the old version."""
    return f"version {story.compared.old}" if story.compared.old else "the old version"


def first_upper(text: str) -> str:
    """The same, as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]
