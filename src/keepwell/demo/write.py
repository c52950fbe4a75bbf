"""The demo company as a workspace folder: data/ for Keepwell to read, truth/ for whoever wants to judge it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from keepwell.demo import judgement, ledger, money, people, support, truth, usage, value, voice
from keepwell.demo.span import END, Span
from keepwell.demo.staging import appearing
from keepwell.demo.world import World, simulate
from keepwell.errors import UsageError

MOST_ACCOUNTS, MOST_MONTHS = 100_000, 60
ASKED = "truth/arguments.json"
Progress = Callable[[str], None]


def write_demo(
    folder: Path, accounts: int = 2000, months: int = 24, seed: int = 1, progress: Progress | None = None
) -> None:
    """Writes the workspace of a simulated company; equal arguments give equal bytes.

    `accounts` counts everybody who ever was a customer in the `months` up to 30 June 2026. `progress` is told, in a
    few words, what is being made. The folder appears whole or not at all.
    Raises UsageError for impossible numbers and a folder that is not empty, OutputError when it cannot be written.
    """
    _check(accounts, months, seed)
    tell = progress or (lambda _: None)
    with appearing(Path(folder), last="keepwell.yaml") as stage:
        tell("the story of the customers")
        world = simulate(seed, months, accounts)
        for place in ("data", "truth"):
            (stage / place).mkdir()
        for path, table in _tables(world):
            tell(path)
            _write(stage / path, table)
        _write_texts(stage, world)


def is_written(folder: Path, accounts: int = 2000, months: int = 24, seed: int = 1) -> bool:
    """Whether the folder holds the demo company of just these arguments already, so that it need not be made again."""
    try:
        found = json.loads((folder / ASKED).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(found == _asked(accounts, months, seed)) and (folder / "keepwell.yaml").is_file()


def _asked(accounts: int, months: int, seed: int) -> dict[str, int]:
    return {"accounts": accounts, "months": months, "seed": seed}


def _check(accounts: int, months: int, seed: int) -> None:
    for name, number, least, most in (
        ("accounts", accounts, 1, MOST_ACCOUNTS),
        ("months", months, 1, MOST_MONTHS),
        ("seed", seed, 0, 2**63),
    ):
        if not least <= number <= most:
            raise UsageError(f"The demo company needs {name} between {least:,} and {most:,}, not {number:,}.")


def _tables(world: World) -> Iterator[tuple[str, Iterable[pa.Table]]]:
    """Paths and tables, each made when it is asked for."""
    everybody = people.draw_people(world)
    yield "data/accounts.parquet", [ledger.accounts(world)]
    yield "data/contacts.parquet", [people.contacts(world, everybody)]
    yield "data/contracts.parquet", [ledger.contracts(world)]
    yield "data/usage.parquet", usage.usage(world, everybody)
    yield "data/store_months.parquet", [money.store_months(world)]
    yield "data/invoices.parquet", [money.invoices(world)]
    yield "data/tickets.parquet", [support.tickets(world, everybody)]
    yield "data/feature_requests.jsonl", [support.feature_requests(world)]
    yield "data/surveys.csv", [voice.surveys(world, everybody)]
    yield "data/references.parquet", [voice.references(world)]
    yield "data/meetings.parquet", [judgement.meetings(world)]
    yield "data/pulses.csv", [judgement.pulses(world)]
    yield "data/goals.parquet", [value.goals(world)]
    yield "data/reviews.parquet", [value.reviews(world)]
    yield "data/interventions.parquet", [ledger.interventions(world)]
    yield "truth/latent.parquet", [truth.course(world)]
    yield "truth/churn.parquet", [truth.churn(world)]
    yield "truth/interventions.parquet", [truth.intervention_effects(world)]
    yield "truth/reregistrations.parquet", [truth.reregistrations(world)]


def _write(path: Path, tables: Iterable[pa.Table]) -> None:
    if path.suffix == ".parquet":
        _write_parquet(path, tables)
        return
    table = pa.concat_tables([_spelled_out(table) for table in tables])
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path, pa.csv.WriteOptions(quoting_style="needed"))
    elif len(
        table
    ):  # JSON Lines have no header: without rows there is nothing to write, and the feed is not connected.
        path.write_text("".join(json.dumps(row, default=str) + "\n" for row in table.to_pylist()), "utf-8")


def _write_parquet(path: Path, tables: Iterable[pa.Table]) -> None:
    """One file, a row group per table; without Arrow's own schema, so that every reader sees plain texts."""
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables:
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", store_schema=False)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _spelled_out(table: pa.Table) -> pa.Table:
    """Dictionaries as texts and times without fractions of seconds, as a person would export them."""
    plain = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        elif pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("s"))
        plain.append(column)
    return pa.table(plain, names=table.column_names)


def _write_texts(stage: Path, world: World) -> None:
    """The workspace file, the model, both README files and the true weights."""
    words = _words(world)
    places = {"keepwell.yaml": "keepwell.yaml", "model.yaml": "model.yaml", "README.md": "README.md"}
    places["truth/README.md"] = "truth.md"
    for path, source in places.items():
        text = (files("keepwell.demo") / "files" / source).read_text("utf-8")
        (stage / path).write_text(Template(text).substitute(words) if source != "model.yaml" else text, "utf-8")
    (stage / "truth/weights.json").write_text(json.dumps(truth.weights(), indent=2) + "\n", "utf-8")
    asked = _asked(len(world.company), world.span.months, world.seed)
    (stage / ASKED).write_text(json.dumps(asked) + "\n", "utf-8")


def _words(world: World) -> dict[str, str]:
    """What the texts say of this company in particular."""
    span: Span = world.span
    outage = world.outage()
    lost = f"{span.on(outage[0])} to {span.on(outage[1] - 1)}" if outage else "no days: the period is too short"
    return {
        "accounts": f"{len(world.company):,}",
        "months": str(span.months),
        "seed": str(world.seed),
        "first_day": str(span.start),
        "as_of": str(END),
        "outage": lost,
        "price_rise": str(span.on(world.shocks.price_rise)),
        "bad_releases": ", ".join(str(span.on(7 * week)) for week in world.shocks.storms),
        "csm_left": str(span.on(world.csm_left())),
        "returned": str(int((world.former >= 0).sum())),
        "sandbox_tickets": str(support.sandbox_tickets(world)),
    }
