"""AWS::ECR::Repository with its two policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deployer.local.cloudformation.resources.documents import document
from deployer.local.cloudformation.resources.gone import unless_gone
from deployer.local.cloudformation.resources.kind import Kind, Made, Properties, Site, finished

_CREATE_ONLY: Final = frozenset({"RepositoryName", "Tags"})


def _create(site: Site, properties: Properties) -> Made:
    name = properties.get("RepositoryName") or site.name(256).lower()
    made = site.client("ecr").create_repository(
        repositoryName=name,
        imageTagMutability=properties.get("ImageTagMutability", "MUTABLE"),
        tags=properties.get("Tags", []),
    )["repository"]
    return finished(Made(name, _attributes(made)), lambda: _policies(site.client("ecr"), name, {}, properties))


def _update(site: Site, name: str, before: Properties, after: Properties) -> Mapping[str, Any]:
    ecr = site.client("ecr")
    mutability = after.get("ImageTagMutability", "MUTABLE")
    ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability=mutability)
    _policies(ecr, name, before, after)
    return _attributes(ecr.describe_repositories(repositoryNames=[name])["repositories"][0])


def _policies(ecr: Any, name: str, before: Properties, after: Properties) -> None:
    if "RepositoryPolicyText" in after:
        ecr.set_repository_policy(repositoryName=name, policyText=document(after["RepositoryPolicyText"]))
    elif "RepositoryPolicyText" in before:
        ecr.delete_repository_policy(repositoryName=name)
    lifecycle = after.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
    if lifecycle is not None:
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=lifecycle)
    elif "LifecyclePolicy" in before:
        ecr.delete_lifecycle_policy(repositoryName=name)


def _delete(site: Site, name: str, _properties: Properties) -> None:
    unless_gone(lambda: site.client("ecr").delete_repository(repositoryName=name))


def _attributes(repository: Mapping[str, Any]) -> dict[str, str]:
    return {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}


KIND: Final = Kind(
    type_name="AWS::ECR::Repository",
    properties=_CREATE_ONLY | {"ImageTagMutability", "LifecyclePolicy", "RepositoryPolicyText"},
    required=frozenset(),
    create_only=_CREATE_ONLY,
    create=_create,
    update=_update,
    delete=_delete,
)
