"""The position index agrees with tomllib on what is in a document, and with its writer on where it stands."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.config.positions import Path, positions


class Writer:
    """Writes a document and notes where it puts things."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {(): 1}
        self.names = 0

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def blank(self) -> str:
        return self.draw(st.sampled_from(["", " ", "\t ", "  "]))

    def between(self) -> str:
        """Blanks that may span lines, with comments that look like something else."""
        return self.draw(st.sampled_from(["", " ", "\n", ' # [a] = """ \' \n  ', "\n\n", "#}\n"]))

    def name(self) -> str:
        self.names += 1
        stem = self.draw(st.sampled_from(["a", "b-c", "_", "x.y", "ü", 'q"', "'", "#", "]", "=", " ", "\\", "\t"]))
        return f"{stem}{self.names}"

    def key(self, name: str) -> str:
        ways = [json.dumps(name), json.dumps(name, ensure_ascii=False)]
        if re.fullmatch("[A-Za-z0-9_-]+", name):
            ways += [name, name]
        if "'" not in name:
            ways.append(f"'{name}'")
        return self.draw(st.sampled_from(ways))

    def pair(self, table: Path, depth: int) -> None:
        names = [self.name() for _ in range(self.draw(st.integers(1, 3)))]
        path = table
        for name in names:
            path += (name,)
            self.lines[path] = self.line
        self.text += (self.blank() + "." + self.blank()).join(self.key(name) for name in names)
        self.text += self.blank() + "=" + self.blank()
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        kind = self.draw(st.sampled_from(["scalar", "scalar", "array", "inline"] if depth else ["scalar"]))
        if kind == "scalar":
            self.text += self.draw(st.sampled_from(SCALARS))
        elif kind == "array":
            self.array(path, depth)
        else:
            self.inline(path, depth)

    def array(self, path: Path, depth: int) -> None:
        self.text += "[" + self.between()
        size = self.draw(st.integers(0, 3))
        for index in range(size):
            self.lines[(*path, index)] = self.line
            self.value((*path, index), depth - 1)
            self.text += self.between()
            if index + 1 < size or self.draw(st.booleans()):
                self.text += "," + self.between()
        self.text += "]"

    def inline(self, path: Path, depth: int) -> None:
        self.text += "{" + self.blank()
        for index in range(self.draw(st.integers(0, 2))):
            self.text += ("," + self.blank()) if index else ""
            self.pair(path, depth - 1)
            self.text += self.blank()
        self.text += "}"

    def pairs(self, table: Path) -> None:
        for _ in range(self.draw(st.integers(0, 3))):
            self.text += self.blank()
            self.pair(table, 2)
            self.text += self.blank() + self.draw(st.sampled_from(["", "# a = 1"])) + "\n" + self.between()
            self.end_line()

    def end_line(self) -> None:
        if not self.text.endswith("\n"):
            self.text += "\n"

    def header(self, names: list[str], brackets: str) -> None:
        shown = (self.blank() + "." + self.blank()).join(self.key(name) for name in names)
        opening, closing = brackets.split()
        self.text += f"{self.blank()}{opening}{self.blank()}{shown}{self.blank()}{closing}\n"

    def table(self) -> None:
        above, name = self.name(), self.name()
        self.lines[(above,)] = self.lines[(above, name)] = self.line
        self.header([above, name], "[ ]")
        self.pairs((above, name))
        if self.draw(st.booleans()):  # a table may get its own header after its inner one
            self.lines[(above,)] = self.line
            self.header([above], "[ ]")
            self.pairs((above,))

    def tables(self) -> None:
        name, inner = self.name(), self.name()
        self.lines[(name,)] = self.line
        for index in range(self.draw(st.integers(1, 3))):
            self.lines[(name, index)] = self.line
            self.header([name], "[[ ]]")
            self.pairs((name, index))
            if self.draw(st.booleans()):
                self.lines[(name, index, inner)] = self.lines[(name, index, inner, 0)] = self.line
                self.header([name, inner], "[[ ]]")
                self.pairs((name, index, inner, 0))


SCALARS = [
    "1", "-0.5e3", "true", "1979-05-27 07:32:00", "1979-05-27T07:32:00Z", "inf", "0x_f".replace("_", ""),
    '""', "''", '"a # ] } , b"', r'"\" \\"', "'\\'", "'\"#'", '"""x"""', "'''x'''", '""""""', "''''''",
    '"""a\n"b" ""c\n"""', "'''\n'a' ''b\n'''", '"""q""""', '"""q"""""', "'''q'''''", '"""\\\n  x \\""" """',
]  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Path, int]]:
    writer = Writer(draw)
    writer.text += writer.between()
    writer.end_line() if writer.text else None
    writer.pairs(())
    for _ in range(draw(st.integers(0, 3))):
        draw(st.sampled_from([writer.table, writer.tables]))()
    return writer.text, writer.lines


def paths(value: Any, path: Path = ()) -> set[Path]:
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path}.union(*(paths(item, (*path, key)) for key, item in inner))


@given(documents())
def test_every_key_is_found_on_the_line_where_it_was_written(document: tuple[str, dict[Path, int]]) -> None:
    text, lines = document
    assert positions(text) == lines
    assert positions(text.replace("\n", "\r\n")) == lines


@given(documents())
def test_the_paths_are_those_that_tomllib_reads(document: tuple[str, dict[Path, int]]) -> None:
    text, _ = document
    assert set(positions(text)) == paths(tomllib.loads(text))


def test_a_table_with_a_header_of_its_own_stands_there() -> None:
    assert positions("[a.b]\n[a]\n") == {(): 1, ("a",): 2, ("a", "b"): 1}


def test_an_array_stands_where_it_begins_and_its_elements_where_they_are() -> None:
    text = 'a = [ # one\n  1,\n  """x\n""", {b.c = 2},\n]\nd = 3\n'
    assert positions(text) == {
        (): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 2): 4, ("a", 2, "b"): 4, ("a", 2, "b", "c"): 4, ("d",): 6,
    }  # fmt: skip


def test_a_text_that_is_not_toml_is_refused_not_looped_over() -> None:
    with pytest.raises(ValueError, match="line 2: not TOML"):
        positions("a = 1\n?\n")
