"""Members of Lambda's API that people write into a configuration: which the table `lambda` takes, and where others go.

botocore knows them too, but is slow to import; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deployer.config.keys import function_keys, own_key_of_member
from deployer.config.schema import RAW_MEMBERS
from deployer.config.suggest import closest

SET_BY_A_RELEASE: Final = frozenset({"CodeSha256", "DryRun", "Publish", "PublishTo", "RevisionId"})
_OF_AN_UPLOAD: Final = "goes with an upload of code, which a release sends without it; leave it out"
ELSEWHERE: Final[Mapping[str, str]] = {
    "CodeSigningConfigArn": "only CreateFunction takes it; set it with `aws lambda put-function-code-signing-config`",
    "PackageType": "follows from `code`, an image or else a zip; leave it out",
    "S3ObjectStorageMode": _OF_AN_UPLOAD,
    "SourceKMSKeyArn": _OF_AN_UPLOAD,
    "Tags": "only CreateFunction takes it; tag the function with `aws lambda tag-resource`",
    "TenancyConfig": "only CreateFunction takes it; create the function yourself, with it, and then deploy to it",
}
"""What to do about members that no key sets."""

_RAW: Final = frozenset(key.name for key in RAW_MEMBERS)
_OF_CODE: Final = frozenset({"Architectures"})  # a setting to people; Lambda takes it with the code


def updatable() -> set[str]:
    """The members of UpdateFunctionConfiguration that can be set, by a key of their own or raw."""
    own = {key.api.partition(".")[0] for key in function_keys().values() if key.api}
    return (own - _OF_CODE) | _RAW


def unknown_raw(name: str) -> str:
    """What is wrong with a name in the table `lambda` that is no raw member."""
    if own := own_key_of_member().get(name):
        return f"has a key of its own: write {own}"
    if name in SET_BY_A_RELEASE:
        return "is set by the release itself"
    return ELSEWHERE.get(name) or f"unknown member of UpdateFunctionConfiguration; {_meant(name)}"


def unknown_beside(name: str) -> str | None:
    """What is wrong with one of Lambda's members among the keys of a function; None for what is none of Lambda's."""
    if own := own_key_of_member().get(name):
        return f"unknown key; did you mean {own}?"
    if name in _RAW:
        return f"unknown key; did you mean lambda.{name}?"
    return "is set by the release itself" if name in SET_BY_A_RELEASE else ELSEWHERE.get(name)


def _meant(name: str) -> str:
    found = closest(name, updatable())
    if found is None:
        return f"known here: {', '.join(sorted(_RAW))}"
    own = own_key_of_member().get(found)
    return f"did you mean {found}?" if own is None else f"did you mean {own}, a key of the function itself?"
