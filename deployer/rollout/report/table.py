"""Tables with headings. On a narrow screen each row becomes a small list of its own, so nothing scrolls sideways."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deployer.rollout.report.figures import NOTHING
from deployer.rollout.report.markup import Markup, Part, element, joined


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is a class for its cells: "number" stands to the right, "text" may be long."""

    heading: str
    kind: str = "text"


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Part]], kind: str = "stacks") -> Markup:
    """One table; the first cell of each row names it. A column without a single value is left out."""
    filled = list(rows)
    said = [place == 0 or any(row[place] != NOTHING for row in filled) for place in range(len(columns))]
    shown = list(itertools.compress(columns, said))
    return element(
        "table",
        element("caption", caption),
        element("thead", _headings(shown), role="rowgroup"),
        element("tbody", joined(_row(shown, list(itertools.compress(row, said))) for row in filled), role="rowgroup"),
        class_=kind,
        # Said in words, as browsers forget that it is a table when its rows are laid out in another way.
        role="table",
    )


def _headings(columns: Sequence[Column]) -> Markup:
    cells = (element("th", column.heading, scope="col", class_=column.kind, role="columnheader") for column in columns)
    return element("tr", joined(cells), role="row")


def _row(columns: Sequence[Column], row: Sequence[Part]) -> Markup:
    first, *others = zip(columns, row, strict=True)
    head = element("th", first[1], scope="row", class_=first[0].kind, role="rowheader")
    cells = (element("td", part, class_=column.kind, role="cell", data_label=column.heading) for column, part in others)
    return element("tr", head, joined(cells), role="row")
