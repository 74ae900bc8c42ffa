"""The schema, the validator, the JSON Schema and the documentation say the same."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_config_mistakes import CASES
from test_config_settings import WHOLE

from deployer.config import Config, json_schema
from deployer.config.keys import by_path, function_keys, own_key_of_member
from deployer.config.members import ELSEWHERE, SET_BY_A_RELEASE, updatable
from deployer.config.reference import export, tables
from deployer.config.rollout.tables import ELEMENTS
from deployer.config.schema import FILE_SYSTEM, FILE_TABLE, RAW_MEMBERS
from deployer.config.validate import validate

DOCS = Path(__file__).parents[3] / "docs"
GOOD = {
    "the whole file of the settings' tests": WHOLE,
    "nothing": "",
    "whole percents and others": "canary_increments = [1, 2.5]",
    "a raw member": "[functions.f.lambda]\nDurableConfig = { Thing = [1, { a = true }] }",
}
DOCUMENTS = {name: text for name, (text, said) in CASES.items() if "not TOML" not in said[0]} | GOOD

# What the validator knows beyond types: names that Lambda or the release keeps for itself, dates in raw members,
# how long durations and how far off dates may be, and that `$` in Python passes a final line break.
ONLY_THE_VALIDATOR = {
    "a reserved variable",
    "a reserved name for the release's variable",
    "a raw member that holds a date",
    "an account with a line break",
    "durations that are too long or too short",
    "dates of windows that are out of range",
}


SILENT = {"$schema", "$defs", "title", "description", "additionalProperties"}  # the last is judged by `others`


class Judge:
    """Judges by the part of JSON Schema that ours uses, and refuses to by a keyword it does not know."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        kinds: dict[str, Any] = {
            "string": str,
            "array": list,
            "object": dict,
            "boolean": bool,
            "number": (int, float),
            "integer": int,
        }
        self.keywords: dict[str, Callable[[Any, Any], bool]] = {
            "$ref": lambda value, limit: self.agrees(value, schema["$defs"][limit.rpartition("/")[2]]),
            "type": lambda value, limit: isinstance(value, kinds[limit]) and flag(value) == (limit == "boolean"),
            "enum": lambda value, limit: value in limit,
            "pattern": lambda value, limit: not isinstance(value, str) or re.search(limit, value) is not None,
            "minimum": lambda value, limit: not number(value) or value >= limit,
            "maximum": lambda value, limit: not number(value) or value <= limit,
            "exclusiveMinimum": lambda value, limit: not number(value) or value > limit,
            "exclusiveMaximum": lambda value, limit: not number(value) or value < limit,
            "minItems": lambda value, limit: not isinstance(value, list) or len(value) >= limit,
            "maxItems": lambda value, limit: not isinstance(value, list) or len(value) <= limit,
            "items": lambda value, limit: all(self.agrees(item, limit) for item in listed(value)),
            "required": lambda value, limit: all(key in tabled(value) for key in limit),
            "propertyNames": lambda value, limit: all(self.agrees(key, limit) for key in tabled(value)),
            "properties": lambda value, limit: all(
                self.agrees(tabled(value)[key], inner) for key, inner in limit.items() if key in tabled(value)
            ),
        }

    def agrees(self, value: Any, schema: dict[str, Any]) -> bool:
        if schema.get("format") == "date":
            return type(value) is dt.date  # editors take it for a string
        plain = {name: limit for name, limit in schema.items() if name not in SILENT}
        return all(self.keywords[name](value, limit) for name, limit in plain.items()) and self.others(value, schema)

    def others(self, value: Any, schema: dict[str, Any]) -> bool:
        limit = schema.get("additionalProperties", {})
        others = [inner for key, inner in tabled(value).items() if key not in schema.get("properties", {})]
        return not others if limit is False else all(self.agrees(inner, limit) for inner in others)


def flag(value: object) -> bool:
    return isinstance(value, bool)


def number(value: object) -> bool:
    return isinstance(value, (int, float)) and not flag(value)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def tabled(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def accepted_by_json_schema(document: dict[str, Any]) -> bool:
    return Judge(json_schema()).agrees(document, json_schema())


@pytest.mark.parametrize("case", DOCUMENTS)
def test_validator_and_json_schema_judge_alike(case: str) -> None:
    document = tomllib.loads(DOCUMENTS[case])
    accepted = accepted_by_json_schema(document)
    assert (not validate(document)[1]) == (accepted and case not in ONLY_THE_VALIDATOR)


def test_the_table_has_documents_of_both_kinds() -> None:
    judged = [accepted_by_json_schema(tomllib.loads(text)) for text in DOCUMENTS.values()]
    assert judged.count(True) > 30
    assert judged.count(False) > 30


@pytest.mark.parametrize("page", ["config.schema.json", "configuration.md"])
def test_the_exported_reference_is_the_present_one(page: str, tmp_path: Path) -> None:
    """`python -m deployer.config.reference docs` writes it anew."""
    shutil.copy(DOCS / "configuration.md", tmp_path)
    export(tmp_path)
    assert (tmp_path / page).read_bytes() == (DOCS / page).read_bytes()
    assert tables() in (tmp_path / "configuration.md").read_text(encoding="utf-8")


def test_the_example_in_the_documentation_is_a_good_configuration() -> None:
    example = (DOCS / "configuration.md").read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    assert validate(tomllib.loads(example))[1] == []


def test_the_rollout_in_the_documentation_is_a_good_one(config: Callable[[str], Config], here: Path) -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8").partition("## Rollouts")[2]
    example = text.partition("```toml\n")[2].partition("```")[0]
    (here / "events").mkdir()
    (here / "events" / "order.json").write_text("{}", encoding="utf-8")
    place = '[functions.f]\ncode = "src"\n[environments.prd]\naccount = "123456789012"\nregion = "eu-west-1"\n'
    for written in (example, example.replace('# stop = "', 'stop = "')):
        found = config(written + place).settings("prd", "f").rollout
        assert found is not None
        assert found.stopped == (None if written == example else "incident 42")


def test_every_key_is_documented_with_a_meaning() -> None:
    keys = [*by_path(FILE_TABLE.keys), *by_path(FILE_SYSTEM), *function_keys().items()]
    keys += [found for element in ELEMENTS.values() for found in by_path(element)]
    assert [path for path, key in keys if not key.meaning] == []


def members(operation: str) -> Any:
    """What an operation takes, by the service model that botocore ships."""
    from botocore.session import Session

    shape: Any = Session().get_service_model("lambda").operation_model(operation).input_shape
    return shape.members


def test_every_member_that_a_key_sets_is_one_of_lambdas() -> None:
    for path, key in function_keys().items():
        found: Any = None
        for name in key.api.split(".") if key.api and path != ("architecture",) else ():
            found = (members("UpdateFunctionConfiguration") if found is None else found.members)[name]


def test_every_member_that_lambda_takes_can_be_set_and_no_other() -> None:
    """When this fails, botocore is newer than the schema: give the new member a key, or a place in `lambda`."""
    assert updatable() == set(members("UpdateFunctionConfiguration")) - {"FunctionName", "RevisionId"}


def test_every_member_that_is_set_elsewhere_has_a_sentence_or_a_key() -> None:
    others = {*members("CreateFunction"), *members("UpdateFunctionCode"), *members("PublishVersion")}
    assert others - updatable() == {*ELSEWHERE, *SET_BY_A_RELEASE, *own_key_of_member()} - updatable()


def test_every_raw_member_is_a_structure() -> None:
    """So that anything but a table is a mistake."""
    kinds = [members("UpdateFunctionConfiguration")[key.name].type_name for key in RAW_MEMBERS]
    assert kinds == ["structure"] * len(RAW_MEMBERS)


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("deployer.config", ["msgspec", "tomllib", "boto3", "botocore", "click", "rich", "tenacity"]),
        (
            "deployer.config.configuration",
            ["difflib", "zoneinfo", "deployer.core.watch", "boto3", "botocore", "click", "rich", "tenacity"],
        ),
    ],
)
def test_importing_the_configuration_loads_little(module: str, absent: list[str]) -> None:
    assert loaded(f"import {module}", absent) == []


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", []),
        ('rollout.bake = "1m"', ["deployer.core.watch.policy"]),
        (
            'rollout.freeze = [{ zone = "UTC", first = 2026-01-01, last = 2026-01-02 }]',
            ["deployer.core.watch.policy", "zoneinfo"],
        ),
    ],
)
def test_reading_a_file_loads_of_rollouts_what_it_says(here: Path, table: str, expected: list[str]) -> None:
    (here / "deployer.toml").write_text(f'[functions.f]\ncode = "src"\n{table}\n', encoding="utf-8")
    script = 'from deployer.config import load; load().settings("prd", "f")'
    assert loaded(script, ["deployer.core.watch.policy", "zoneinfo"]) == expected


def loaded(script: str, modules: list[str]) -> list[str]:
    """Those of the modules that a fresh interpreter has loaded after a script."""
    script += f"; import sys; print(*[name for name in {modules} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()
