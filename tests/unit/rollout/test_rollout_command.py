"""Commands of the user's: real processes, small and short."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deployer.rollout.command import CannotRun, CommandFailed, Launch, run_command
from deployer.rollout.limit import TimeIsUp

FOR_EVER = "import signal\nwhile True: signal.pause()\n"


def python(source: str, folder: Path, **more: Any) -> Launch:
    return Launch((sys.executable, "-c", source), folder, {"PATH": os.defpath, **more.pop("environ", {})}, **more)


def test_it_is_told_at_stdin_and_by_variables_in_its_folder(tmp_path: Path) -> None:
    source = "import os, sys\nopen('told', 'w').write(sys.stdin.read() + os.environ['DEPLOYER_ALIAS'])"
    run_command(python(source, tmp_path, environ={"DEPLOYER_ALIAS": "LIVE"}, told=b"at stdin, "))
    assert (tmp_path / "told").read_text(encoding="utf-8") == "at stdin, LIVE"


def test_one_that_reads_nothing_is_not_told(tmp_path: Path) -> None:
    run_command(python("", tmp_path, told=b"x" * 1_000_000))


def test_words_are_no_shell(tmp_path: Path) -> None:
    source = "import sys\nopen('told', 'w').write(sys.argv[1])"
    run_command(Launch((sys.executable, "-c", source, "$HOME; ls *"), tmp_path, {}))
    assert (tmp_path / "told").read_text(encoding="utf-8") == "$HOME; ls *"


def test_what_it_writes_is_shown_on_stderr_and_never_on_stdout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_command(python("import sys\nprint('out', flush=True)\nsys.stderr.write('err')", tmp_path))
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "out\nerr\n")


def test_what_it_writes_is_shown_although_nobody_can_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    run_command(python("print('out')", tmp_path))


def test_of_much_that_it_writes_the_end_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed) as caught:
        run_command(python("print('x' * 1_000_000 + ' the end')\nraise SystemExit(1)", tmp_path))
    assert len(capfd.readouterr().err) == 65_536
    assert caught.value.last == "x" * 292 + " the end"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit(3)", "the command ended with status 3"),
        ("print('no, ')\nprint('not now')\nraise SystemExit(1)", "the command ended with status 1: no, not now"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "the command was killed by SIGTERM"),
    ],
)
def test_one_that_fails_is_told_with_what_it_wrote_last(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(CommandFailed) as caught:
        run_command(python(source, tmp_path))
    assert str(caught.value) == said


def test_a_signal_without_a_name_has_its_number() -> None:
    assert str(CommandFailed(-200, "")) == "the command was killed by signal 200"


def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"^the command could not be started: No such file or directory$"):
        run_command(Launch((str(tmp_path / "gone"),), tmp_path, {}))


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# The command starts another of its kind, waits until that one has said so, and then for ever, as that one does.
FAMILY = f"""
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "print('here', flush=True)\\n" + {FOR_EVER!r}], stdout=subprocess.PIPE)
child.stdout.readline()
open("family", "w").write(f"{{os.getpid()}} {{child.pid}}")
{FOR_EVER}
"""


class Hurried(subprocess.Popen[bytes]):
    """A process whose time is up as soon as it has written `family`; `raises` is what the wait for it ends in."""

    raises: BaseException = subprocess.TimeoutExpired("x", 60)

    def communicate(self, *_args: Any, **_more: Any) -> Any:
        # No clock: the file comes from the process, whenever that may be.
        while not (Path("family").exists() and len(Path("family").read_text(encoding="utf-8").split()) == 2):
            os.sched_yield()
        raise self.raises


@pytest.mark.parametrize(
    ("raised", "said"), [(subprocess.TimeoutExpired("x", 60), TimeIsUp), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_it_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, said: type[BaseException]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Hurried, "raises", raised)
    monkeypatch.setattr(subprocess, "Popen", Hurried)
    with pytest.raises(said):
        run_command(python(FAMILY, tmp_path))
    parent, child = (int(word) for word in (tmp_path / "family").read_text(encoding="utf-8").split())
    while alive(child):  # killed, and taken away by whoever takes away orphans
        os.sched_yield()
    assert not alive(parent)


def test_one_that_does_not_end_is_killed_after_its_limit(tmp_path: Path) -> None:
    with pytest.raises(TimeIsUp) as caught:
        run_command(python(FOR_EVER, tmp_path, limit=0.05))
    assert str(caught.value) == "not done within 0.05 s, and killed"


def test_one_that_minds_no_signal_is_killed_too(tmp_path: Path) -> None:
    source = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FOR_EVER}"
    with pytest.raises(TimeIsUp):
        run_command(python(source, tmp_path, limit=0.05))


def test_ctrl_c_at_our_terminal_does_not_reach_it(tmp_path: Path) -> None:
    run_command(python("import os\nopen('session', 'w').write(f'{os.getsid(0)} {os.getpid()}')", tmp_path))
    session, process = (tmp_path / "session").read_text(encoding="utf-8").split()
    assert session == process


def test_its_variables_are_not_shown(tmp_path: Path) -> None:
    assert "s3cr3t" not in repr(python("", tmp_path, environ={"TOKEN": "s3cr3t"}))
