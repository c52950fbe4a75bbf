"""The folder: whole or not at all, and the same bytes for the same arguments."""

import errno
import hashlib
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keepwell.demo import is_written, write_demo
from keepwell.errors import OutputError, UsageError

FILES = 25


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def stop_at(word: str, error: BaseException) -> Callable[[str], None]:
    """A progress callback that ends the run when it hears a word."""

    def tell(doing: str) -> None:
        if word in doing:
            raise error

    return tell


def test_equal_arguments_give_equal_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("same", 7), ("other", 8)):
        write_demo(tmp_path / name, accounts=120, months=8, seed=seed)
    one, same, other = (digests(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert len(one) == len(other) == FILES
    texts = {"model.yaml", "truth/README.md", "truth/weights.json"}
    # Nobody came back within eight months, whatever the seed.
    assert {path for path in one if one[path] == other[path]} == texts | {"truth/reregistrations.parquet"}


@pytest.mark.parametrize(("accounts", "months"), [(50, 3), (1, 1), (1, 24), (3, 60)])
def test_small_companies_work(tmp_path: Path, accounts: int, months: int) -> None:
    write_demo(tmp_path / "demo", accounts=accounts, months=months)
    table = pq.read_table(tmp_path / "demo/data/accounts.parquet")
    assert len(set(table["account_id"].to_pylist())) == accounts
    assert "as_of: 2026-06-30" in (tmp_path / "demo/keepwell.yaml").read_text("utf-8")


@pytest.mark.parametrize("wrong", [{"accounts": 0}, {"accounts": 10**6}, {"months": 0}, {"months": 61}, {"seed": -1}])
def test_impossible_numbers_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    asked = {"accounts": 10, "months": 3, "seed": 1} | wrong
    with pytest.raises(UsageError, match=next(iter(wrong))):
        write_demo(tmp_path / "demo", asked["accounts"], asked["months"], asked["seed"])
    assert list(tmp_path.iterdir()) == []


def test_progress_names_what_is_made(tmp_path: Path) -> None:
    heard: list[str] = []
    write_demo(tmp_path / "demo", accounts=5, months=2, progress=heard.append)
    assert heard[0] == "the story of the customers"
    assert "data/usage.parquet" in heard


def test_a_folder_that_holds_something_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_demo(tmp_path, accounts=5, months=2)
    with pytest.raises(UsageError, match="not an empty folder"):
        write_demo(tmp_path / "mine.txt", accounts=5, months=2)
    with pytest.raises(OutputError):
        write_demo(tmp_path / "mine.txt" / "below", accounts=5, months=2)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_in_place(tmp_path: Path) -> None:
    inode = tmp_path.stat().st_ino
    write_demo(tmp_path, accounts=20, months=2)
    assert tmp_path.stat().st_ino == inode
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "keepwell.yaml", "model.yaml", "data", "truth"}


@pytest.mark.parametrize("place", ["a/b/demo", "empty"])
@pytest.mark.parametrize(
    ("error", "seen"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (OSError(errno.ENOSPC, "No space left on device"), OutputError)],
)
def test_a_run_that_ends_early_leaves_nothing(
    tmp_path: Path, place: str, error: BaseException, seen: type[BaseException]
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(seen):
        write_demo(tmp_path / place, accounts=20, months=3, progress=stop_at("truth/churn", error))
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_a_full_disk_at_the_last_step_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "keepwell.yaml":
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_demo(tmp_path, accounts=20, months=3)
    assert list(tmp_path.iterdir()) == []


def test_the_same_company_is_known_and_another_is_not(tmp_path: Path) -> None:
    write_demo(tmp_path / "company", accounts=20, months=3, seed=4)
    assert is_written(tmp_path / "company", 20, 3, 4)
    assert not is_written(tmp_path / "company", 20, 3, 5)
    assert not is_written(tmp_path / "nowhere", 20, 3, 4)
