"""How the embedded Lambda is to behave where the real one is slow, fails, or is told of in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from deployer.core.errors import InvalidValue

Dedupe = Literal["content", "touch"]


class InvalidSetting(InvalidValue):
    """A setting of the embedded Lambda that it does not know or cannot follow."""

    what = "setting of the embedded Lambda"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSettings:
    """Behaviour of one embedded Lambda; all counts are whole and not negative.

    dedupe: what PublishVersion calls unchanged. `content`: code and settings equal those last published.
      `touch`: no Update* call since. The sources disagree, so tests run both.
    pending_polls: how many GetFunction* answers say Pending or InProgress after a create or update, with 409
      for other writes meanwhile.
    version_pending_polls: the same for a published version (SnapStart, VPC, images).
    provisioned_polls: how many answers say IN_PROGRESS before provisioned concurrency is ready.
    provisioned_init_fails: provisioned concurrency ends as FAILED instead, and an alias keeps the weights
      that Lambda gave it for the move.
    metric_delay: how many seconds old data must be before GetMetricData shows them; CloudWatch's own come 1 to 3
      minutes late.
    role_refusals: how many requests that name a role, counted from the first, find it not yet assumable.
    seed: of the random choice between the versions of an alias; None draws one.
    region: the region named in `environment()`; any other region of the same server works too.
    """

    dedupe: Dedupe = "content"
    pending_polls: int = 0
    version_pending_polls: int = 0
    provisioned_polls: int = 1
    provisioned_init_fails: bool = False
    role_refusals: int = 0
    metric_delay: int = 0
    seed: int | None = None
    region: str = "eu-central-1"

    def __post_init__(self) -> None:
        if self.dedupe not in get_args(Dedupe):
            raise InvalidSetting(f"dedupe={self.dedupe}", "is one of " + ", ".join(get_args(Dedupe)))
        for name in ("pending_polls", "version_pending_polls", "provisioned_polls", "role_refusals", "metric_delay"):
            count = getattr(self, name)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise InvalidSetting(f"{name}={count!r}", "is a whole number, not negative")

    def changed(self, changes: Mapping[str, Any]) -> LocalSettings:
        """These settings with `changes` by field name; raises InvalidSetting for a name there is not."""
        known = {field.name for field in fields(self)}
        for name in changes:
            if name not in known:
                raise InvalidSetting(name, "there is no such setting; known: " + ", ".join(sorted(known)))
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """The settings by field name, as the control endpoint shows them."""
        return asdict(self)
