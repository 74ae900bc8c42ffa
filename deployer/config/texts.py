"""What is wrong with a text once its placeholders are filled."""

from __future__ import annotations

import re

from deployer.config.kinds import String
from deployer.config.suggest import quoted

_SHOWN = 24  # characters of a text that is too long


def mistake_in(value: str, text: String) -> str | None:
    """What is wrong with `value`, or None; quotes nothing secret."""
    if text.most is not None and len(value) > text.most:
        shown = f"{quoted(value[:_SHOWN] + '…')} has "
        return f"{'' if text.secret else shown}{len(value)} characters, at most {text.most} are allowed"
    if text.filled is not None and re.fullmatch(text.filled, value) is None:
        return f"expected {text.hint}" + ("" if text.secret else f", got {quoted(value)}")
    return None
