"""What only a process of its own shows: imports, pipes, signals, encodings, disks that are full or read-only."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.folder import Answer, keepwell, listing, program, written

HEAVY = (
    "ibis",
    "duckdb",
    "pandas",
    "pyarrow",
    "numpy",
    "pydantic",
    "sqlglot",
    "sklearn",
    "scipy",
    "psycopg",
    "openpyxl",
)


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("acme"))


# ---- Starting


@pytest.mark.parametrize("arguments", [["--help"], ["score", "--help"], ["--version"], ["init", "--list-templates"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Typer itself takes pydantic along as soon as a command has numbers with bounds; for `--help` it does not."""
    heavy = HEAVY if arguments == ["--help"] else tuple(set(HEAVY) - {"pydantic"})
    script = f"""
import sys
from keepwell.cli import main
sys.argv = ["keepwell", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("\\nloaded:", sorted(set({heavy!r}) & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert found.stdout.splitlines()[-1] == "loaded: []"


def test_the_module_and_the_command_are_one() -> None:
    command = Path(sys.executable).with_name("keepwell")
    said = subprocess.run([command, "--help"], capture_output=True, check=True, text=True)
    assert program("--help").out == said.stdout.replace("keepwell [OPTIONS]", "python -m keepwell [OPTIONS]", 1)
    assert program("--version").out == keepwell("--version").out


# ---- Pipes and encodings


@pytest.mark.parametrize("arguments", [["schema"], ["score", "."]])
def test_a_reader_that_goes_away_is_no_error(acme: Path, arguments: list[str]) -> None:
    """`keepwell schema | head -1`."""
    with started(*arguments, cwd=acme) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        if arguments == ["schema"]:  # more than a pipe holds
            assert running.stdout.readline() == b"{\n"
        running.stdout.close()
        assert (running.stderr.read(), running.wait(timeout=60)) == (b"", 0)


def test_output_is_utf_8_whatever_the_terminal_says(acme: Path) -> None:
    found = program("explain", acme, "B", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert found.code == 0
    assert "could be 18.75–43.75 if" in found.out
    assert "(−75.0 points)" in found.out


def test_streams_that_the_caller_closed(acme: Path) -> None:
    def run(closed: str) -> subprocess.CompletedProcess[bytes]:
        line = f'exec "$0" -m keepwell score "$1" --format csv {closed}'
        return subprocess.run(["sh", "-c", line, sys.executable, acme], capture_output=True, check=False)

    silent = run(">&-")
    assert (silent.returncode, silent.stderr) == (0, b"")
    assert run("2>&-").stdout.startswith(b"account_id,score,")


# ---- Disks


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full: this system has no such device")
@pytest.mark.parametrize("arguments", [["--help"], ["schema"], ["score", ".", "--format", "csv"]])
def test_a_full_disk_behind_the_output(acme: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "keepwell", *arguments]
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=acme, check=False)
    assert (found.returncode, found.stderr.decode()) == (1, "error: the output: No space left on device.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full: this system has no such device")
def test_a_device_is_written_to_and_not_replaced(acme: Path) -> None:
    found = keepwell("score", acme, "--format", "csv", "--output", "/dev/full")
    assert (found.code, found.said) == (1, "error: /dev/full cannot be written: No space left on device.")
    assert keepwell("score", acme, "--format", "csv", "--output", os.devnull).code == 0
    assert Path("/dev/full").is_char_device()
    assert Path(os.devnull).is_char_device()


def small_disk() -> None:
    """No file may grow beyond 1 KB: like a disk that fills up while a file is written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))


def read_only_for_root() -> None:
    """What a folder's rights forbid is forbidden to root, too: capabilities 1 and 2 leave the bounding set (24)."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        if any(libc.prctl(24, capability, 0, 0, 0) for capability in (1, 2)):
            raise OSError(ctypes.get_errno(), "prctl")


def limited(limit: Callable[[], None], *arguments: object, cwd: Path) -> Answer:
    """The command under a limit. Python code between fork and exec is safe here, as no thread runs beside it."""
    command = [sys.executable, "-m", "keepwell", *map(str, arguments)]
    try:
        found = subprocess.run(command, capture_output=True, check=False, cwd=cwd, preexec_fn=limit, timeout=120)
    except subprocess.SubprocessError:
        pytest.skip("rights of folders: root may write everywhere here, and may not give that up")
    assert b"Traceback" not in found.stderr, found.stderr.decode()
    return Answer(found.returncode, found.stdout.decode(), found.stderr.decode())


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "new/deep", "--template", "hbr"],
        ["init", ".", "--template", "hbr"],
        ["demo", "new/deep", "--accounts", "20", "--months", "3"],
        ["demo", ".", "--accounts", "20", "--months", "3"],
    ],
)
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path, arguments: list[str]) -> None:
    found = limited(small_disk, *arguments, cwd=tmp_path)
    assert (found.code, found.out) == (1, "")
    assert found.said.startswith("error: ")
    assert "File too large" in found.said
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_leaves_the_old_file(acme: Path, tmp_path: Path) -> None:
    file = tmp_path / "scores.json"
    file.write_text("old")
    found = limited(small_disk, "score", acme, "--format", "json", "--table", "measures", "-o", file, cwd=tmp_path)
    assert (found.code, found.said) == (1, f"error: {file} cannot be written: File too large.")
    assert listing(tmp_path) == {"scores.json": b"old"}


@pytest.mark.may_skip("a container may forbid even root to drop a capability")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """Scoring needs no right to write; what does need it says so in one sentence."""
    folder = written(tmp_path / "acme")
    before = listing(tmp_path)
    for path in (folder, folder / "data", tmp_path):
        path.chmod(0o555)
    try:
        assert limited(read_only_for_root, "score", folder, "--format", "csv", cwd=folder).code == 0
        for arguments, place in (
            (["score", folder, "--format", "csv", "-o", "x.csv"], "x.csv cannot be written"),
            (["init", tmp_path / "new"], f"{tmp_path / 'new'} cannot be written"),
            (["demo", tmp_path / "new", "--accounts", "5"], f"‘{tmp_path / 'new'}’ could not be written"),
        ):
            found = limited(read_only_for_root, *arguments, cwd=folder)
            assert (found.code, found.out) == (1, "")
            assert f"{place}: Permission denied." in found.said
        (folder / "data" / "logins.csv").chmod(0o000)
        found = limited(read_only_for_root, "score", folder, cwd=folder)
        assert (found.code, found.said) == (1, "data/logins.csv: error: this user may not read it.")
    finally:
        for path in (tmp_path, folder, folder / "data"):
            path.chmod(0o755)
        (folder / "data" / "logins.csv").chmod(0o644)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("command", [["init"], ["demo", "--accounts", "5"]])
def test_a_place_below_a_file(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").touch()
    found = keepwell(command[0], tmp_path / "file" / "new", *command[1:])
    assert (found.code, found.out) == (1, "")
    assert str(tmp_path / "file" / "new") in found.said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# ---- Interruptions


def started(*arguments: object, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "keepwell", *map(str, arguments)]

    def heedful() -> None:
        """A shell lets what runs in its background ignore Ctrl-C, and children inherit that."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=cwd, env=os.environ | environment, stdout=pipe, stderr=pipe, preexec_fn=heedful
    )


def stopped(running: subprocess.Popen[bytes], when: Callable[[], bool], number: int) -> Answer:
    """The answer of a process that gets this signal as soon as it has come so far."""
    end = time.monotonic() + 60
    while not when() and running.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    assert running.poll() is None, "it ended before it came so far"
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    return Answer(running.returncode, out.decode(), err.decode())


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "interrupted; nothing was left half-written.\n"), (signal.SIGTERM, 143, "")],
)
@pytest.mark.parametrize("place", ["new/demo", "."])
def test_a_demo_that_is_stopped_leaves_no_folder(tmp_path: Path, place: str, number: int, code: int, said: str) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    running = started("demo", place, "--accounts", "20000", cwd=home, TMPDIR=str(scratch))
    found = stopped(running, lambda: any(home.rglob("*.partial")), number)
    assert (found.code, found.out, found.err) == (code, "", said)
    assert list(home.iterdir()) == []
    assert list(scratch.iterdir()) == []


def test_a_score_that_is_stopped_leaves_the_old_file(acme: Path, tmp_path: Path) -> None:
    scratch, file = tmp_path / "scratch", tmp_path / "scores.csv"
    scratch.mkdir()
    file.write_text("old")
    before = listing(acme)
    running = started("score", acme, "--format", "csv", "-o", file, cwd=tmp_path, TMPDIR=str(scratch))
    found = stopped(running, lambda: any(scratch.iterdir()), signal.SIGINT)
    assert (found.code, found.err) == (130, "interrupted; nothing was left half-written.\n")
    assert file.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [file, scratch]
    assert list(scratch.iterdir()) == []
    assert listing(acme) == before
