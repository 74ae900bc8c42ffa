import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_transition_table_is_what_the_code_decides() -> None:
    generated = runpy.run_path(str(ROOT / "tools" / "transitions.py"), run_name="transitions")["page"]()
    written = (ROOT / "docs" / "transitions.md").read_text(encoding="utf-8")
    assert written == generated, "run `make docs-table` and read what changed"
    assert written.count("\n") <= 150, "a table that is too long is not read"
