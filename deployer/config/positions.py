"""On which line each key of a TOML document stands; tomllib reads values but tells no positions.

The scanner follows the grammar only as far as positions need, and relies on a document that tomllib has
already accepted: whatever is neither string, array nor inline table is a scalar up to the next delimiter.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[^\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
# Longest first. A closing delimiter may have one or two quotes of the text before it, hence the quantifiers.
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def positions(text: str) -> dict[Path, int]:
    """Line, counted from 1, of every key, table and array element; array elements are numbers in the path.

    A table that has no header of its own stands where it is first named. `text` must be valid TOML.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    """One pass over a document; `at` only ever moves forward, and `line` with it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {(): 1}
        self.sizes: dict[Path, int] = {}  # elements so far of each array of tables

    def document(self) -> None:
        table: Path = ()
        while self.skip(_BETWEEN) < len(self.text):
            if self.peek() == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Path:
        line = self.line
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        *above, name = self.dotted_key()
        self.at += brackets
        path = (*self.inside(above, line), name)
        if brackets == 1:
            self.lines[path] = line
            return path
        self.lines.setdefault(path, line)
        index = self.sizes.get(path, 0)
        self.sizes[path] = index + 1
        self.lines[(*path, index)] = line
        return (*path, index)

    def inside(self, names: list[str], line: int) -> Path:
        """The table that a header's first names lead to: in an array of tables, its last element."""
        path: Path = ()
        for name in names:
            path += (name,)
            self.lines.setdefault(path, line)
            if path in self.sizes:
                path += (self.sizes[path] - 1,)
        return path

    def pair(self, table: Path) -> None:
        line = self.line
        path = table
        for name in self.dotted_key():
            path += (name,)
            self.lines.setdefault(path, line)
        self.at += 1  # =
        self.skip(_BLANK)
        self.value(path)

    def dotted_key(self) -> list[str]:
        names = []
        while True:
            self.skip(_BLANK)
            names.append(self.key())
            self.skip(_BLANK)
            if self.peek() != ".":
                return names
            self.at += 1

    def key(self) -> str:
        quote = self.peek()
        token = self.take(_STRING if quote in ('"', "'") else _BARE_KEY)
        if quote == '"':
            return next(iter(tomllib.loads(f"{token} = 0")))  # resolves the escapes
        return token.strip("'") if quote == "'" else token

    def value(self, path: Path) -> None:
        match self.peek():
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case '"' | "'":
                self.take(_STRING)
            case _:
                self.take(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.next_item() != "]":
            self.lines[(*path, index)] = self.line
            self.value((*path, index))
            index += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.next_item() != "}":
            self.pair(path)
        self.at += 1

    def next_item(self) -> str:
        """Pass blanks, comments and a comma, to an item or the closing bracket."""
        self.skip(_BETWEEN)
        if self.peek() == ",":
            self.at += 1
            self.skip(_BETWEEN)
        return self.peek()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip(self, pattern: re.Pattern[str]) -> int:
        self.take(pattern)
        return self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        """Pass what `pattern` matches here, counting lines. Raises ValueError where a valid document cannot be."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"line {self.line}: not TOML as tomllib accepts it")
        self.at = found.end()
        self.line += found[0].count("\n")
        return found[0]
