"""A handler that is not in the zip is told before anything is uploaded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from artifact_trees import zip_of

from deployer.artifact import Source, UnusableCode, check_handler, read_zip

SOURCE = "def handler(event, context):\n    return event\n"
HERE = f"python3.{sys.version_info.minor}"
NEWER = f"python3.{sys.version_info.minor + 1}"


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
    check_handler(read_zip(zip_of(tmp_path / "a.zip", {name: SOURCE})), handler, HERE)


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
        check_handler(read_zip(path), handler, HERE)
    assert str(caught.value).replace(str(path), "ZIP") == message


def refusal(tmp_path: Path, files: dict[str, str | bytes], handler: str = "app.handler", runtime: str = HERE) -> str:
    with pytest.raises(UnusableCode) as caught:
        check_handler(read_zip(zip_of(tmp_path / "a.zip", files)), handler, runtime)
    return str(caught.value)


def test_a_function_that_its_module_does_not_have_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"app.py": SOURCE}, "app.handle") == (
        "handler 'app.handle': app.py has no handle; did you mean handler?"
    )
    assert refusal(tmp_path, {"api/__init__.py": SOURCE, "api.py": "main = 1"}, "api.main") == (
        "handler 'api.main': api/__init__.py has no main; name what Lambda is to call in api/__init__.py"
    )


@pytest.mark.parametrize(
    "source",
    [
        "from handlers import *",
        "from handlers import handler",
        "from handlers import main as handler",
        "import handler.inner",
        "handler = print",
        "handler: object = print",
        "one, (handler, *rest) = f()",
        "async def handler(event, context): ...",
        "class handler: ...",
        "if here:\n    def handler(event, context): ...\nelse:\n    pass",
        "try:\n    import fast as handler\nexcept ImportError:\n    handler = None",
        "with opened() as handler: pass",
        "for handler in all: pass",
        "print(handler := 1)",
        "def main(event, by=(handler := print)): pass",
        "def main(event, *, by=(handler := print), to): pass",
        "@print(handler := print)\nclass Main: pass",
        "class Main(metaclass=(handler := type)): pass",
        "main = lambda event=(handler := print): event",
        "match it:\n    case {'a': [handler, *_], **rest}: pass",
        "match it:\n    case [*handler]: pass",
        "match it:\n    case {**handler}: pass",
        "def make():\n    global handler\n    handler = print\nmake()",
        "globals()['handler'] = print",
        "def __getattr__(name): return print",
        "import sys\nsetattr(sys.modules[__name__], 'handler', print)",
        "from sys import modules",
        "exec('handler = print')",
    ],
)
def test_a_function_that_its_module_may_have_passes(tmp_path: Path, source: str) -> None:
    check_handler(read_zip(zip_of(tmp_path / "a.zip", {"app.py": source})), "app.handler", HERE)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def main():\n    handler = 1\n    def handler(): ...",
        "class A:\n    def handler(self): ...",
        "main = lambda handler: (handler := 1)",
        "'handler'",
        "handler.main = 1",
        "import main.handler",
    ],
)
def test_what_is_no_name_of_the_module_is_no_function_of_it(tmp_path: Path, source: str) -> None:
    assert "app.py has no handler" in refusal(tmp_path, {"app.py": source})


def test_a_module_that_is_compiled_is_taken_at_its_word(tmp_path: Path) -> None:
    files = {"app.py": "", "app.cpython-313-x86_64-linux-gnu.so": ""}
    check_handler(read_zip(zip_of(tmp_path / "a.zip", files)), "app.handler", HERE)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "x = 1\ndef handler(event, context)\n    return 1\n",
            "app.py, line 2: expected ':': def handler(event, context)",
        ),
        (b"x = '\xff'\n", "app.py, line 1: "),
        (b"x = 1\0\n", "app.py"),
    ],
)
def test_a_module_that_cannot_be_imported_is_refused(tmp_path: Path, source: str | bytes, problem: str) -> None:
    told = refusal(tmp_path, {"app.py": source})
    assert told.startswith(f"handler 'app.handler': {problem}")
    assert told.endswith("; correct it: it cannot be imported")


@pytest.mark.parametrize("runtime", [NEWER, "python"])
def test_what_may_be_right_in_a_later_python_is_not_judged(tmp_path: Path, runtime: str) -> None:
    check_handler(
        read_zip(zip_of(tmp_path / "a.zip", {"app.py": "def handler(event, context) -> ->"})), "app.handler", runtime
    )


def test_a_module_too_deep_to_be_read_is_taken_at_its_word(tmp_path: Path) -> None:
    source = "x = " + "-" * 100_000 + "1"
    check_handler(read_zip(zip_of(tmp_path / "a.zip", {"app.py": source})), "app.handler", HERE)


def test_what_python_only_warns_of_is_not_told(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    check_handler(read_zip(zip_of(tmp_path / "a.zip", {"app.py": SOURCE + "'\\d'\n1 is 1\n"})), "app.handler", HERE)
    assert list(recwarn) == []


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
