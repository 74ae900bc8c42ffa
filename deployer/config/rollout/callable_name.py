"""Names of Python callables of the user's own: "module:function"."""

from __future__ import annotations

from typing import Final

from deployer.core.errors import InvalidValue

_FORM: Final = 'names a function as "module:function"'


def check_name(name: str) -> None:
    """Raise InvalidValue unless `name` has the form "module:function"."""
    module, colon, function = name.partition(":")
    if not colon or not function.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise InvalidValue(name, _FORM)
