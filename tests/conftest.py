"""What all tests share: how deep properties look, which skips are allowed, real data, a private PostgreSQL server."""

import gc
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.untraced import look_away

look_away()
gc.set_threshold(50_000, 20, 100)  # as the command does

settings.register_profile("default", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# In CI the same examples every time: a red run means that the change broke something.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None, print_blob=True)
settings.register_profile("deep", settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

# Words are ordered as in a dictionary there: what is computed must not go by that.
ORDERED = ("--locale=C", "--locale-provider=icu", "--icu-locale=en-US")
NO_DATA = "KEEPWELL_DATA is not set: it names the folder with the public data sets"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with the public data sets. Where the variable is set, a missing folder is a failure and no skip."""
    named = os.environ.get("KEEPWELL_DATA")
    if not named:
        pytest.skip(NO_DATA)
    folder = Path(named)
    assert folder.is_dir(), f"KEEPWELL_DATA names {folder}, and there is no such folder"
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database on a server of our own, reachable from this machine only; gone afterwards."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL: the server programs initdb and pg_ctl are not installed")
    become: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        if not any(entry.pw_name == "postgres" for entry in pwd.getpwall()):
            pytest.skip("PostgreSQL: it does not run as root, and there is no user postgres")
        become = ["runuser", "-u", "postgres", "--"]
    folder = Path(tempfile.mkdtemp(prefix="keepwell-pg-"))
    if become:
        shutil.chown(folder, "postgres")
    port = _free_port()
    data = str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        command = [*become, str(programs / program), "-D", data, *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", *ORDERED, "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -p {port}"
        run("pg_ctl", "start", "--wait", "-o", options, "-l", str(folder / "log"))
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "stop", "--wait", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def _postgres_programs() -> Path | None:
    """The folder with initdb: on PATH, or the newest where Debian keeps them off PATH."""
    found = [Path(program).parent for program in (shutil.which("initdb"),) if program]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With KEEPWELL_NO_SKIP a skip fails the run, unless marked `may_skip` or for want of the public data sets."""
    if _forbidden_skips(session.config) and session.exitstatus in (
        pytest.ExitCode.OK,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the skips that failed the run."""
    if forbidden := _forbidden_skips(config):
        terminalreporter.section("skips that KEEPWELL_NO_SKIP forbids", red=True)
        for line in forbidden:
            terminalreporter.line(line)


def _forbidden_skips(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("KEEPWELL_NO_SKIP"):
        return []
    skips = [(skip, str(skip.longrepr[-1])) for skip in reporter.stats.get("skipped", [])]
    return [
        f"{skip.nodeid}: {reason}"
        for skip, reason in skips
        if "may_skip" not in getattr(skip, "keywords", ()) and not reason.endswith(NO_DATA)
    ]
