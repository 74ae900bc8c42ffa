"""From what the file says about one function in one environment to its settings, with everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as Directory
from typing import Any

from deployer.config.apart import Place
from deployer.config.code import is_image, located, mistake_in
from deployer.config.finding import Finding
from deployer.config.keys import file_system_members, function_keys, plain_keys, text_of
from deployer.config.kinds import String
from deployer.config.merge import Given, Layers, Level
from deployer.config.placeholders import Placeholders
from deployer.config.positions import Path
from deployer.config.rollout.resolve import RolloutResolver
from deployer.config.settings import ON_NEWER, Settings
from deployer.config.suggest import listed, quoted
from deployer.config.texts import mistake_in as mistake_in_text
from deployer.config.validate import Invalid
from deployer.core.errors import InvalidIncrements
from deployer.core.increments import CanaryIncrements

_BY_STRATEGY = ("strategy", "canary_increments", "on_newer")
_PLACE = ("account", "region", "profile", "protected", "artifact_bucket", "artifact_prefix")
_OF_FUNCTION = ("alias", "name", "code", "build", "exclude", "release_env_var", "architecture")
PLAIN = (*_PLACE, *_BY_STRATEGY, *_OF_FUNCTION)  # the keys that are no members of UpdateFunctionConfiguration
_APART = (*PLAIN, "rollout")
_OF_A_ZIP = ("runtime", "handler", "layers")
_PYTHON = re.compile(r"(?:py(?:thon)?)?[ _-]?3[._-]?(\d{1,2})", re.IGNORECASE)  # however people write it
_VARIABLES_MOST = 4096  # bytes, all environment variables of a function together (quotas page)


class Resolver:
    """One function in one environment. `findings` holds what is wrong; `settings` needs it to be empty."""

    def __init__(self, document: Mapping[str, Any], environment: str, function: str, directory: Directory) -> None:
        self.environment = environment
        self.function = function
        self.directory = directory
        self.findings: list[Finding] = []
        self._layers = Layers(document, environment, function)
        self._placeholders = Placeholders(
            {
                "env": environment,
                "function": function,
                "account": self._plain("account"),
                "region": self._plain("region"),
            }
        )
        self.plain = dict(self._plain_keys())
        self.leaves = {
            path: self._filled(given, path) for path, given in self._layers.leaves().items() if path[0] not in _APART
        }
        self._check_texts()
        self._check_together()
        self.rollout = RolloutResolver(
            self._layers.candidates("rollout"),
            self._strategy,
            self.plain.get("canary_increments"),
            self._placeholders,
            directory,
        )
        self.findings += self.rollout.findings

    def _plain(self, key: str) -> Any:
        given = self._layers.winner(key)
        return None if given is None else given.value

    def _plain_keys(self) -> Iterator[tuple[str, Given]]:
        """The keys that are no Lambda settings, each with the level that wins."""
        self._strategy = self._layers.winner("strategy") or Given("blue_green", Level.BUILT_IN, None)
        for key in (*_PLACE, *_OF_FUNCTION):
            if (given := self._layers.winner(key)) is not None:
                yield key, self._filled(given, (key,))
        yield "strategy", self._strategy
        for key in ("canary_increments", "on_newer"):
            if (given := self._fitting(key)) is not None:
                yield key, given

    def _find(self, given: Given, what: str, *, within: Path = (), unset: bool = False) -> None:
        path = given.path if given.path is not None else ("functions", self.function)
        self.findings.append(Finding((*path, *within), what, unset))

    def _filled(self, given: Given, path: tuple[str, ...]) -> Given:
        value, unfilled = self._placeholders.fill(given.value, secret=path[0] == "environment")
        for placeholder in unfilled:
            if placeholder.what is not None:
                self._find(given, placeholder.what, unset=placeholder.unset)
        return Given(Invalid.INVALID if unfilled else value, given.level, given.path)

    # Strategy

    def _fitting(self, key: str) -> Given | None:
        """The most particular value that goes with the strategy.

        One that does not is passed over when it is meant for other environments or functions too, and refused
        when it stands beside the strategy or, nearer than it, in the environment itself.
        """
        strategy = self._strategy
        if isinstance(strategy.value, Invalid):
            return None
        for given in self._layers.candidates(key):
            if isinstance(given.value, Invalid):
                return given
            if self._fits(key, given):
                return self._increments(given) if key == "canary_increments" else given
            if given.level.meant_for(strategy.level):
                self._find(given, self._misfit(key, given))
                return None
        return self._fallback(key)

    def _fits(self, key: str, given: Given) -> bool:
        if key == "canary_increments":
            return bool(self._strategy.value == "canary")
        return given.value in ON_NEWER[self._strategy.value]

    def _misfit(self, key: str, given: Given) -> str:
        strategy = quoted(self._strategy.value)
        if key == "canary_increments":
            return f'does not go with strategy {strategy}, only with "canary"'
        words = [quoted(word) for word in ON_NEWER[self._strategy.value]]
        return f"{quoted(given.value)} does not go with strategy {strategy}, which takes {listed(words or ['none'])}"

    def _fallback(self, key: str) -> Given | None:
        strategy = self._strategy
        if key == "on_newer":
            words = ON_NEWER[strategy.value]
            return Given(words[0], Level.BUILT_IN, None) if words else None
        if strategy.value == "canary":
            self._find(strategy, '"canary" needs canary_increments, e.g. [25, 50, 75]')
        return None

    def _increments(self, given: Given) -> Given:
        try:
            return Given(CanaryIncrements.of(given.value), given.level, given.path)
        except InvalidIncrements as error:
            self._find(given, f"{quoted(given.value)}: {error.reason}")
            return Given(Invalid.INVALID, given.level, given.path)

    # Checks of filled values

    def _check_texts(self) -> None:
        for name, given in self.plain.items():
            self._check_text(given, given.value, text_of(plain_keys()[name].kind))
        for path, given in self.leaves.items():
            key = function_keys().get(path)
            if path == ("file_systems",):
                self._check_file_systems(given)
            elif key is not None:
                self._check_text(given, given.value, text_of(key.kind))

    def _check_text(self, given: Given, value: Any, text: String | None, within: Path = ()) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._check_text(given, item, text, (*within, index))
        if isinstance(value, str) and text is not None and (what := mistake_in_text(value, text)):
            self._find(given, what, within=within)

    def _check_file_systems(self, given: Given) -> None:
        if isinstance(given.value, Invalid):
            return
        for index, system in enumerate(given.value):
            for key, (_, text) in file_system_members().items():
                self._check_text(given, system.get(key), text, (index, key))

    def _check_together(self) -> None:
        self._check_code()
        self._check_runtime()
        self._check_vpc()
        self._check_variables()

    def _check_code(self) -> None:
        given = self.plain.get("code")
        if given is None:
            self.findings.append(
                Finding(("functions", self.function, "code"), 'is missing: where the code is, e.g. "src"')
            )
        if given is None or isinstance(given.value, Invalid):
            return
        if mistake := mistake_in(given.value):
            self._find(given, f"{quoted(given.value)}: {mistake}")
        image = is_image(given.value)
        for path, leaf in self.leaves.items():
            if image and path[0] in _OF_A_ZIP:
                self._find(leaf, "does not go with a container image, which carries its own")
            elif not image and path == ("image",):
                self._find(leaf, "goes with a container image only, and code names none")

    def _check_runtime(self) -> None:
        given = self.leaves.get(("runtime",))
        if given is None or not isinstance(given.value, str):
            return
        meant = _PYTHON.fullmatch(given.value)
        if meant is not None and given.value != (runtime := f"python3.{meant[1]}"):
            self._find(given, f"Lambda has no runtime {quoted(given.value)}; did you mean {runtime}?")

    def _check_vpc(self) -> None:
        vpc = self.leaves.get(("vpc",))
        lacking = [key for key in ("subnet_ids", "security_group_ids") if ("vpc", key) not in self.leaves]
        if vpc is not None and vpc.value == {} and lacking:
            self._find(vpc, f"needs {listed(lacking, 'and')} too; two empty lists take the function out of its VPC")

    def _check_variables(self) -> None:
        variables = {
            path[1]: given for path, given in self.leaves.items() if path[0] == "environment" and len(path) > 1
        }
        filled = {name: given.value for name, given in variables.items() if isinstance(given.value, str)}
        size = sum(len(name.encode()) + len(value.encode()) for name, value in filled.items())
        if size > _VARIABLES_MOST:
            what = f"{size} bytes of environment variables; Lambda takes {_VARIABLES_MOST} altogether"
            self._find(self.leaves["environment",], what)
        mark = self.plain.get("release_env_var")
        if mark is not None and mark.value in variables:
            self._find(variables[mark.value], "is the release_env_var, which the release sets itself")

    # Results

    @property
    def target(self) -> tuple[str, str] | None:
        """Name and alias at Lambda, where both are known."""
        name, alias = self.plain["name"].value, self.plain["alias"].value
        return None if isinstance(name, Invalid) or isinstance(alias, Invalid) else (name, alias)

    @property
    def place(self) -> Place:
        """Where it is released to; what is refused or cannot be filled counts as not named."""
        return Place(self._named("account"), self._named("region"), self._named("profile"))

    def _named(self, key: str) -> str | None:
        given = self.plain.get(key)
        return given.value if given is not None and isinstance(given.value, str) else None

    @property
    def path_of_name(self) -> Path:
        """Where the name is given; the function itself, where it is built in."""
        path = self.plain["name"].path
        return ("functions", self.function) if path is None else path

    def settings(self) -> Settings:
        """The settings; call it only when nothing was found."""
        value = {key: given.value for key, given in self.plain.items()}
        return Settings(
            environment=self.environment,
            function=self.function,
            function_name=value["name"],
            alias=value["alias"],
            account=value.get("account"),
            region=value.get("region"),
            profile=value.get("profile"),
            protected=value["protected"],
            strategy=value["strategy"],
            canary_increments=value.get("canary_increments"),
            on_newer=value.get("on_newer"),
            artifact_bucket=value.get("artifact_bucket"),
            artifact_prefix=value["artifact_prefix"],
            code=located(value["code"], self.directory),
            build=value["build"],
            exclude=tuple(value["exclude"]),
            architecture=value.get("architecture"),
            release_env_var=value.get("release_env_var"),
            deferred_rollout=self.rollout.settings(),
            lambda_settings=_members(self.leaves),
        )


def _members(leaves: Mapping[tuple[str, ...], Given]) -> dict[str, object]:
    """The given settings in Lambda's own names and shapes."""
    members: dict[str, Any] = {}
    for path, given in leaves.items():
        if member := _member_of(path):
            _put(members, member, _file_systems(given.value) if path == ("file_systems",) else given.value)
    return members


def _member_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """Where at Lambda a leaf goes; nowhere for a table that only holds keys with members of their own."""
    if path[0] == "lambda":
        return path[1:]
    if path[0] == "environment":
        return ("Environment", "Variables", *path[1:])
    api = function_keys()[path].api
    return tuple(api.split(".")) if api else ()


def _put(members: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for name in above:
        members = members.setdefault(name, {})
    if value == {}:
        members.setdefault(last, {})
    else:
        members[last] = value


def _file_systems(systems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    members = file_system_members()
    return [{members[key][0]: value for key, value in system.items()} for system in systems]
