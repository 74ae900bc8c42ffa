"""A handler that is not in the zip is told before anything is uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from artifact_trees import zip_of

from deployer.artifact import Source, UnusableCode, check_handler, read_zip


@pytest.mark.parametrize(
    ("name", "handler"),
    [
        ("app.py", "app.handler"),
        ("api/orders.py", "api.orders.handler"),
        ("api/orders.py", "api/orders.handler"),
        ("api/__init__.py", "api.handler"),
        ("app.pyc", "app.handler"),
        ("app.cpython-313-x86_64-linux-gnu.so", "app.handler"),
    ],
)
def test_a_handler_whose_module_is_there_passes(tmp_path: Path, name: str, handler: str) -> None:
    check_handler(read_zip(zip_of(tmp_path / "a.zip", {name: ""})), handler)


@pytest.mark.parametrize(
    ("name", "handler", "message"),
    [
        (
            "src/app.py",
            "app.handler",
            (
                "handler 'app.handler': module app is not in ZIP; did you mean src.app? What "
                "the handler names is looked "
                "for from the root of the code"
            ),
        ),
        (
            "handlers.py",
            "handler.main",
            (
                "handler 'handler.main': module handler is not in ZIP; did you mean handlers? "
                "What the handler names is "
                "looked for from the root of the code"
            ),
        ),
        (
            "index.js",
            "app.handler",
            (
                "handler 'app.handler': module app is not in ZIP; the module's file must lie "
                "at the root of the code, or "
                "in the package the handler names"
            ),
        ),
        (
            "app.py/x",
            "app.handler",
            (
                "handler 'app.handler': module app is not in ZIP; the module's file must lie "
                "at the root of the code, or "
                "in the package the handler names"
            ),
        ),
        ("app.py", "app", "handler 'app': is no Python handler; write module.function, as in app.handler"),
        ("app.py", "", "handler '': is no Python handler; write module.function, as in app.handler"),
        (
            "app.py",
            "app.hand-ler",
            "handler 'app.hand-ler': is no Python handler; write module.function, as in app.handler",
        ),
    ],
)
def test_a_handler_that_is_not_there_is_refused(tmp_path: Path, name: str, handler: str, message: str) -> None:
    path = zip_of(tmp_path / "a.zip", {name: ""})
    with pytest.raises(UnusableCode) as caught:
        check_handler(read_zip(path), handler)
    assert str(caught.value).replace(str(path), "ZIP") == message


def test_of_a_directory_that_was_packaged_its_own_path_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    source = Source(str(folder), build="none", runtime="python3.13", handler="main.handler")
    with pytest.raises(UnusableCode) as caught:
        source.artifact(lambda: tmp_path / "function.zip")
    assert str(caught.value) == (
        f"handler 'main.handler': module main is not in {folder}; the module's file must lie at the root of the code, "
        "or in the package the handler names"
    )
