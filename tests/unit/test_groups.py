"""What takes long to make is made once: tests of one group stay with one worker.

A release of pytest once took the groups from pytest-xdist without a word, and `make test` as long as two of it.
"""

import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_it(number, worker_id):
    with open("workers", "a") as file:
        print(worker_id, file=file)
"""


def test_tests_of_one_group_stay_with_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_together.py").write_text(TESTS, encoding="utf-8")
    spread = ("-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *spread, "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    workers = (tmp_path / "workers").read_text(encoding="utf-8").split()
    assert (len(workers), len(set(workers))) == (8, 1)
