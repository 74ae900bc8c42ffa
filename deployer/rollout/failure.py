"""What ends a rollout before its version has any traffic.

DeployerError
└── NotTrusted          the alias is as it was
├── TestsFailed     a test before traffic failed
└── HookFailed      a hook before traffic failed
"""

from __future__ import annotations

from typing import ClassVar

from deployer.core.errors import ErrorInLines
from deployer.rollout.event import Hooked, Tested


class NotTrusted(ErrorInLines):
    """The new version gets no traffic; the alias is as it was."""

    def __init__(self, function_name: str, alias: str, problems: tuple[str, ...]) -> None:
        super().__init__(function_name, alias, problems)
        self.function_name = function_name
        self.alias = alias
        self.problems = problems

    @property
    def lines(self) -> tuple[str, ...]:
        """Every problem, where the traffic stands, and what to do."""
        untouched = f"alias {self.alias} of {self.function_name} is untouched, and the version stays published"
        return (*self.problems, f"  {untouched}: mend it and run `rollout` again")


class TestsFailed(NotTrusted):
    """A test before traffic failed."""

    __test__: ClassVar = False  # pytest takes any class of such a name for one of tests

    def __init__(self, function_name: str, alias: str, tested: Tested) -> None:
        failed = (test for test in tested.tests if test.problem)
        problems = tuple(f"test {test.name} of version {tested.version}: {test.problem}" for test in failed)
        super().__init__(function_name, alias, problems)


class HookFailed(NotTrusted):
    """A hook before traffic failed."""

    def __init__(self, function_name: str, alias: str, hooked: tuple[Hooked, ...]) -> None:
        super().__init__(
            function_name, alias, tuple(f"hook {one.name}: {one.problem}" for one in hooked if one.problem)
        )
