"""What each gate said last."""

from __future__ import annotations

import math
from collections.abc import Sequence

from deployer.core.watch.judgement import Finding
from deployer.rollout.report.figures import NOTHING, clock, milliseconds, percent, strength
from deployer.rollout.report.mark import verdict
from deployer.rollout.report.markup import Markup, Part, element, joined
from deployer.rollout.report.story import Story
from deployer.rollout.report.table import Column, table

_MOST = 200


def gates(story: Story) -> Markup | None:
    """The last finding of each gate, in the order of the last look that had it."""
    last: dict[str, tuple[float, Finding]] = {}
    for look in story.looks:
        for finding in look.judgement.findings:
            last.pop(finding.gate, None)
            last[finding.gate] = look.at, finding
    if not last:
        return None
    columns = [
        Column("Gate"),
        Column("Verdict", "word"),
        Column("New", "number"),
        Column("Old", "number"),
        Column("Evidence of needed", "number evidence"),
        Column("Looked at", "number"),
    ]
    return table("What each gate said last", columns, [_row(*said) for said in list(last.values())[:_MOST]])


def _row(at: float, finding: Finding) -> Sequence[Part]:
    named = joined((element("b", finding.gate), element("span", finding.text, class_="quiet said")))
    values = (_value(finding.gate, value) for value in (finding.new, finding.old))
    return (named, verdict(finding.judged), *values, _evidence(finding), clock(at))


def _value(gate: str, value: float | None) -> str:
    """Durations are in milliseconds, all other gates compare shares in percent."""
    if value is None:
        return NOTHING
    return milliseconds(value) if gate.startswith("duration") else percent(value / 100)


def _evidence(finding: Finding) -> Part:
    if finding.evidence is None or finding.needed is None:
        return NOTHING
    text = f"{strength(finding.evidence)} of {strength(finding.needed)}"
    return joined((text, _meter(finding.evidence, finding.needed)))


def _meter(evidence: float, needed: float) -> Markup:
    """How far along, in orders of magnitude, as evidence multiplies."""
    filled = element("i", style=f"width:{_far(evidence, needed):.0f}%")
    return element("span", filled, class_="meter" + (" full" if evidence >= needed else ""), aria_hidden="true")


def _far(evidence: float, needed: float) -> float:
    if not (evidence > 1 and needed > 1) or math.isinf(needed):
        return 100.0 if evidence >= needed else 0.0
    return min(100.0, 100 * math.log(evidence) / math.log(needed)) if math.isfinite(evidence) else 100.0
