"""When credentials end, as far as this machine knows it without asking anybody.

Most kinds renew themselves: instance and container roles, processes, `aws login`, SSO sessions with a refresh token. A
role that is assumed renews as long as what it is assumed with does. The rest end, and a rollout with them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import boto3
    from botocore.credentials import Credentials

_VARIABLE: Final = "AWS_CREDENTIAL_EXPIRATION"
# AWS itself writes none of them; the tools that fetch session tokens into the shared file do, each another.
_WRITTEN: Final = (
    "aws_expiration",
    "aws_credential_expiration",
    "aws_session_expiration",
    "expiration",
    "x_security_token_expires",
)


def expiry(session: boto3.session.Session) -> float | None:
    """When nothing renews the session's credentials any more, in Unix seconds; None where that is not known.

    None too for what never ends. What a role had when its source ended may live on for a while. Asks nothing that
    making a client has not asked; credentials of a role with MFA tell their end only once they have been used.
    """
    credentials = session.get_credentials()
    if credentials is None:
        return None
    match credentials.method:
        case "env":
            return _from_environment()
        case "shared-credentials-file" | "config-file" | "sso" | "assume-role":
            return _Profiles.read().end(session.profile_name, credentials)
        case _:
            return None


def _from_environment() -> float | None:
    return _seconds(os.environ.get(_VARIABLE))


@dataclass(frozen=True, slots=True)
class _Profiles:
    """Both of the person's files as botocore reads them."""

    profiles: Mapping[str, Mapping[str, Any]]
    sso_sessions: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls) -> _Profiles:
        import botocore.session

        config = botocore.session.Session().full_config
        return cls(config.get("profiles", {}), config.get("sso_sessions", {}))

    def end(
        self, name: str, credentials: Credentials | None = None, before: frozenset[str] = frozenset()
    ) -> float | None:
        """When a profile ends. `credentials`: those in use by it; `before`: the profiles whose source it is."""
        profile = self.profiles.get(name, {})
        if "role_arn" in profile and "web_identity_token_file" not in profile and name not in before:
            return self._end_of_role(profile, credentials, before | {name})
        if "aws_access_key_id" in profile:
            return _written(profile)
        if "sso_account_id" in profile:
            return self._end_of_sso(profile)
        return None

    def _end_of_role(
        self, profile: Mapping[str, Any], credentials: Credentials | None, before: frozenset[str]
    ) -> float | None:
        if "mfa_serial" in profile:
            # botocore asks a person for the code once, and does not renew them.
            ends = getattr(credentials, "_expiry_time", None)
            return None if ends is None else float(ends.timestamp())
        if profile.get("credential_source") == "Environment":
            return _from_environment()
        return self.end(str(profile.get("source_profile", "")), None, before)

    def _end_of_sso(self, profile: Mapping[str, Any]) -> float | None:
        session = profile.get("sso_session")
        url = self.sso_sessions.get(str(session), {}).get("sso_start_url") if session else profile.get("sso_start_url")
        token = _sso_token(str(url), session)
        renews = session is not None and "refreshToken" in token
        return None if renews else _seconds(token.get("expiresAt"))


def _written(profile: Mapping[str, Any]) -> float | None:
    """What the tool that wrote a session token wrote beside it; a key without such a token does not end."""
    if not {"aws_session_token", "aws_security_token"} & set(profile):
        return None
    return next(filter(None, (_seconds(profile.get(name)) for name in _WRITTEN)), None)


def _sso_token(url: str, session: str | None) -> Mapping[str, Any]:
    """The token that `aws sso login` left; empty when there is none that can be read."""
    from botocore.exceptions import SSOTokenLoadError
    from botocore.utils import JSONFileCache, SSOTokenLoader

    load = SSOTokenLoader(cache=JSONFileCache(str(Path.home() / ".aws" / "sso" / "cache")))
    try:
        token: Mapping[str, Any] = load(url, session_name=session)
    except (SSOTokenLoadError, KeyError):
        return {}
    return token


def _seconds(written: object) -> float | None:
    """A moment as ISO 8601 writes it, with UTC where no zone is named; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
