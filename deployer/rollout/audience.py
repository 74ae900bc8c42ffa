"""Who is told beside whoever drives a rollout, or moves its alias by hand: the notifiers that a configuration names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.aws.session import Session
from deployer.config.rollout.settings import NotifyBus, NotifyFile, NotifySettings, NotifyTopic, NotifyWebhook
from deployer.rollout.event import Event, Subject
from deployer.rollout.notifiers.event_bridge import EventBridge
from deployer.rollout.notifiers.json_lines import JsonLines
from deployer.rollout.notifiers.sns import Sns
from deployer.rollout.notifiers.webhook import Webhook
from deployer.rollout.stream import Listener, Stream

if TYPE_CHECKING:
    from deployer.config import Settings
    from deployer.deployer import Deployer


def audience(
    notify: Sequence[NotifySettings], session: Session, listeners: Sequence[Listener] = (), *, ready: bool = True
) -> Stream:
    """All who are told: `listeners`, then the notifiers. A file that is among both is told once.

    Where they are to be `ready`, notifiers are made here: raises DeployerError for one that cannot work. Otherwise
    each is made when it is first told, and what is wrong with it then fails nobody (see Late).
    """
    kept = {one.path.resolve() for one in listeners if isinstance(one, JsonLines)}
    named = [one for one in notify if not (isinstance(one, NotifyFile) and one.path.resolve() in kept)]
    return Stream(*listeners, *(notifier(one, session) if ready else Late(one, session) for one in named))


def notifier(settings: NotifySettings, session: Session) -> Listener:
    """One notifier. Raises DeployerError for one that cannot work."""
    match settings:
        case NotifyFile(path):
            return JsonLines(path)
        case NotifyWebhook(url):
            return Webhook(url)
        case NotifyTopic(arn):
            return Sns(session.sns_client, arn)
        case NotifyBus(name):
            return EventBridge(session.events_client, name)


@dataclass(slots=True)
class Late:
    """A notifier that is made when it is first told, and told no more once it has failed: a person is waiting."""

    settings: NotifySettings
    session: Session
    _made: Listener | None = field(default=None, init=False)
    _failed: bool = field(default=False, init=False)

    @property
    def name(self) -> str:
        """What it is called, made or not."""
        return str(self.settings)

    def __call__(self, event: Event) -> None:
        """Tell it. Raises what the notifier does."""
        if self._failed:
            return
        self._failed = True
        self._made = self._made or notifier(self.settings, self.session)
        self._made(event)
        self._failed = False


def subject_of(settings: Settings, deployer: Deployer) -> Subject:
    """Which rollout it is, to everybody who is told: one function in one environment, and where it lives."""
    region = settings.region or deployer.session.lambda_client.meta.region_name
    names = (settings.function_name, settings.alias, settings.function, settings.environment)
    return Subject(*names, region, settings.account or "")
