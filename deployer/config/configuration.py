"""A whole configuration: every function in every environment."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any, NamedTuple

from deployer.config.errors import ConfigError, Problem
from deployer.config.finding import Finding
from deployer.config.keys import schema_order
from deployer.config.merge import BUILT_IN_ENVIRONMENTS, Given, Level
from deployer.config.positions import Path
from deployer.config.resolve import PLAIN, Resolver
from deployer.config.settings import CdkSettings, Settings
from deployer.config.source import Source, find, nearest
from deployer.config.suggest import did_you_mean, dotted, listed
from deployer.config.validate import Invalid, validate
from deployer.core.increments import CanaryIncrements
from deployer.core.percent import Percent

_MASKED = "***"
_DEFAULT = "default"


class Explained(NamedTuple):
    """One value of a function in an environment, and where it comes from: `deployer.toml:12` or `default`."""

    key: str
    value: object
    where: str


def load(path: FilePath | str | None = None, start: FilePath | str | None = None, *, rollouts: bool = True) -> Config:
    """Read the file at `path`, or the first one found from `start` (the working directory) upwards.

    Without `rollouts` it is read as if it had no table `rollout` at all. Raises ConfigError with every problem that the
    file has.
    """
    return Config(find(_as_path(path), _as_path(start)), rollouts=rollouts)


def _as_path(given: FilePath | str | None) -> FilePath | None:
    return None if given is None else FilePath(given)


def _without_rollouts(table: dict[str, Any]) -> dict[str, Any]:
    """The same without the tables `rollout` of all its levels."""
    kept = {key: value for key, value in table.items() if key != "rollout"}
    for key in {"environments", "functions"} & set(kept):
        if isinstance(kept[key], dict):
            kept[key] = {
                name: _without_rollouts(inner) if isinstance(inner, dict) else inner
                for name, inner in kept[key].items()
            }
    return kept


def load_nearest() -> Config | None:
    """Read the file that `load` would find; None where there is none. Raises ConfigError with what it has wrong."""
    source = nearest(None)
    return None if source is None else Config(source)


class Config:
    """A configuration that holds together; `settings` gives one function in one environment.

    An environment that the file does not name (`sbx`, `tst`, `stg`, `prd` are always there) may lack an account
    or a region that placeholders ask for; that is said when its settings are asked for. So is it when a function has
    the same name and alias in another environment, and nothing keeps the two apart.
    """

    def __init__(self, source: Source, *, rollouts: bool = True) -> None:
        self._source = source
        written = source.document or {}
        self._document, problems = validate(written if rollouts else _without_rollouts(written))
        self._resolvers: dict[tuple[str, str], Resolver] = {}
        named = self._table("environments")
        self.environments = tuple(dict.fromkeys((*BUILT_IN_ENVIRONMENTS, *named)))
        self.functions = tuple(self._table("functions"))
        found = [Finding(path, what) for path, what in problems]
        found += self._missing_functions() + self._cdk_beside_other_adapter()
        self._raise(found + self._everywhere())

    @property
    def path(self) -> FilePath:
        """The file that this configuration was read from."""
        return self._source.path

    @property
    def cdk(self) -> CdkSettings | None:
        """The CDK app that releases; None where `deployer` does so itself."""
        if self._document.get("adapter") != "cdk":
            return None
        table = self._table("cdk")
        directory = self._source.path.absolute().parent
        return CdkSettings(directory / table.get("directory", ""), table.get("command"))

    def settings(self, environment: str, function: str) -> Settings:
        """The settings of one function in one environment, by their keys in the file.

        Raises ConfigError when either is unknown, when a placeholder asks for an account or region that is not given,
        or when the same alias of the same function may be another environment's.
        """
        resolved = self._resolved(environment, function)
        self._raise(self._shared(resolved))
        return resolved.settings()

    def shared(self, environment: str, function: str) -> tuple[Problem, ...]:
        """What `settings` would say of other environments that have the same alias of the same function."""
        return tuple(self._problems(self._shared(self._resolved(environment, function))))

    def problem(self, environment: str, function: str, key: str, what: str, within: Path = ()) -> Problem:
        """What turned out to be wrong with a value, later than this could be seen; at the line where it is given.

        `within` leads on from `key`: ("tests", 0, "check") is that of the first test in `rollout`.
        """
        resolved = self._resolved(environment, function)
        if key == "rollout" and (found := resolved.rollout.place(within)) is not None:
            path: Path | None = found
        else:
            given = resolved.plain.get(key) or resolved.leaves.get((key,))
            path = None if given is None else given.path
        (problem,) = self._problems([Finding(path or ("functions", function, key, *within), what)])
        return problem

    def explain(self, environment: str, function: str) -> list[Explained]:
        """Every value of one function in one environment; values of environment variables are masked."""
        resolved = self._resolved(environment, function)
        unset = Given(None, Level.BUILT_IN, None)
        rows = [self._explained((key,), resolved.plain.get(key, unset)) for key in PLAIN]
        tables = {path[:-1] for path in resolved.leaves}
        leaves = sorted((path for path in resolved.leaves if path not in tables), key=schema_order)
        rows += [self._explained(path, resolved.leaves[path]) for path in leaves]
        return rows + [self._explained(("rollout", *path), given) for path, given in resolved.rollout.explained()]

    def explain_project(self) -> list[Explained]:
        """What the file says of the project as a whole, rather than of a function."""
        given: dict[Path, Any] = {("adapter",): self._document.get("adapter")}
        given |= {("cdk", key): value for key, value in self._table("cdk").items()}
        return [self._explained(path, Given(value, Level.TOP, path)) for path, value in given.items() if value]

    def _explained(self, path: Path, given: Given) -> Explained:
        value = given.value
        if path[0] == "environment" and len(path) > 1:
            value = _MASKED
        elif isinstance(value, CanaryIncrements):
            value = [_number(share) for share in value.shares]
        return Explained(dotted(path), value, _DEFAULT if given.path is None else self._source.where(given.path))

    def _resolved(self, environment: str, function: str) -> Resolver:
        self._known("environments", environment, self.environments)
        self._known("functions", function, self.functions)
        resolver = self._resolver(environment, function)
        self._raise(_named({finding: [environment] for finding in resolver.findings}))
        return resolver

    def _resolver(self, environment: str, function: str) -> Resolver:
        """The one resolver of a function in an environment; each is compared with all others."""
        directory = self._source.path.absolute().parent
        known = self._resolvers.get((environment, function))
        return known or self._resolvers.setdefault(
            (environment, function), Resolver(self._document, environment, function, directory)
        )

    def _known(self, table: str, name: str, known: tuple[str, ...]) -> None:
        if name not in known:
            raise ConfigError([Problem(self._source.name, None, dotted((table, name)), _unknown(name, known))])

    def _table(self, key: str) -> dict[str, Any]:
        table = self._document.get(key)
        return table if isinstance(table, dict) else {}

    def _missing_functions(self) -> list[Finding]:
        needed = self._document.get("adapter") != "cdk"  # the app says what they are
        if needed and not self.functions and not isinstance(self._document.get("functions"), Invalid):
            return [Finding(("functions",), 'there are none; add a table [functions.NAME] with code = "…"')]
        return [
            Finding(("environments", name, "functions", function), _unknown(function, self.functions))
            for name, environment in self._table("environments").items()
            for function in _overrides(environment)
            if function not in self.functions
        ]

    def _cdk_beside_other_adapter(self) -> list[Finding]:
        if "cdk" not in self._document or self._document.get("adapter") in ("cdk", Invalid.INVALID):
            return []
        return [Finding(("cdk",), 'goes with adapter = "cdk" at the top of the file')]

    def _everywhere(self) -> list[Finding]:
        """What is wrong with any function in any environment."""
        found: dict[Finding, list[str]] = {}
        for environment in self.environments:
            for finding in self._in(environment):
                found.setdefault(finding, []).append(environment)
        return _named(
            {finding: names if len(names) < len(self.environments) else [] for finding, names in found.items()}
        )

    def _in(self, environment: str) -> list[Finding]:
        found: dict[Finding, None] = {}  # a set that keeps its order
        written = environment in self._table("environments")
        if isinstance(self._table("environments").get(environment), Invalid):
            return []
        targets: dict[tuple[str, str], str] = {}
        for function in (name for name, table in self._table("functions").items() if isinstance(table, dict)):
            resolver = self._resolver(environment, function)
            found |= dict.fromkeys(finding for finding in resolver.findings if written or not finding.unset)
            if resolver.target is not None and (first := targets.setdefault(resolver.target, function)) != function:
                found[self._twice(resolver, first)] = None
        return list(found)

    def _twice(self, resolver: Resolver, first: str) -> Finding:
        name, alias = resolver.target or ("", "")
        return Finding(resolver.path_of_name, f"{name} with alias {alias} is functions.{first} already")

    def _shared(self, resolver: Resolver) -> list[Finding]:
        """The other environments that a release to this one may reach."""
        others = [
            other.environment if other.function == resolver.function else f"{other.environment} (functions.{function})"
            for (environment, function), other in self._resolvers.items()
            if environment != resolver.environment
            and resolver.target is not None
            and other.target == resolver.target
            and not resolver.place.apart_from(other.place)
        ]
        if not others or resolver.target is None:
            return []
        name, alias = resolver.target
        way_out = f"give {resolver.environment} an account of its own, or put {{env}} into the name"
        return [
            Finding(
                resolver.path_of_name, f"{name} with alias {alias} is the same in {listed(others, 'and')}; {way_out}"
            )
        ]

    def _raise(self, found: list[Finding]) -> None:
        if found:
            raise ConfigError(self._problems(found))

    def _problems(self, found: list[Finding]) -> list[Problem]:
        return self._source.problems((finding.path, finding.what) for finding in found)


def _named(found: dict[Finding, list[str]]) -> list[Finding]:
    """Findings that name the environments they are true of, where those are listed and the path does not."""
    return [
        Finding(finding.path, f"{finding.what} (in {listed(names, 'and')})")
        if names and finding.path[0] != "environments"
        else finding
        for finding, names in found.items()
    ]


def _overrides(environment: object) -> dict[str, Any]:
    overrides = environment.get("functions") if isinstance(environment, dict) else None
    return overrides if isinstance(overrides, dict) else {}


def _unknown(name: str, known: tuple[str, ...]) -> str:
    return f"not defined{did_you_mean(name, known)}; there are {listed(known, 'and')}".replace("?;", "?")


def _number(share: Percent) -> float:
    whole, rest = divmod(share.hundredths, 100)
    return share.hundredths / 100 if rest else whole
