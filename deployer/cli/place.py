"""Where a function lives, as far as that is known without another call."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.config import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region; None for what nobody has said yet."""

    account: str | None
    region: str | None

    @classmethod
    def named_by(cls, settings: Settings) -> Place:
        """What the configuration names."""
        return cls(settings.account, settings.region)

    @classmethod
    def of_arn(cls, arn: str) -> Place:
        """What an ARN tells, arn:PARTITION:lambda:REGION:ACCOUNT:… as it is."""
        _, _, _, region, account, *_ = arn.split(":")
        return cls(account, region)

    def __str__(self) -> str:
        return ", ".join(part for part in (self.account, self.region) if part)
