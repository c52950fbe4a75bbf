"""Columns under other names, and numbers that could be read in two ways."""

from decimal import Decimal
from pathlib import Path

import pytest

from keepwell.errors import FactsError
from keepwell.facts import Facts, fetch, open_facts
from keepwell.facts.config import FactsConfig
from keepwell.facts.moment import Moment
from tests.facts.folder import DAY, SHOP, model_of

ORDERS = "Kundennr;Datum;Betrag\nA;2026-06-01;{}\nB;2026-06-02;{}\n"


def shop(folder: Path, first: str, second: str, **options: object) -> Facts:
    (folder / "data").mkdir()
    (folder / "data/orders.csv").write_text(ORDERS.format(first, second), encoding="utf-8")
    (folder / "data/accounts.csv").write_text("account_id,started_on,ended_on\nA,2024-01-01,\nB,2024-01-01,\n")
    rename = {"Kundennr": "account_id", "Datum": "at", "Betrag": "amount"}
    orders = {"delimiter": ";", "rename": rename, **options}
    return open_facts(model_of(SHOP), FactsConfig.model_validate({"tables": {"orders": orders}}), folder)


def amounts(facts: Facts) -> list[Decimal]:
    found = fetch.rows(facts.seen("orders", Moment(DAY, DAY)).order_by("at"))
    return [Decimal(row["amount"]) for row in found]


def test_columns_by_another_name(tmp_path: Path) -> None:
    assert amounts(shop(tmp_path, "12.5", "7")) == [Decimal("12.5"), Decimal(7)]


@pytest.mark.parametrize(
    ("rename", "said"),
    [
        ({"Kundenr": "account_id"}, "names a column ‘Kundenr’ that is not there. Did you mean ‘Kundennr’?"),
        ({"Datum": "Betrag"}, "two columns are called ‘Betrag’"),
    ],
)
def test_a_rename_that_cannot_be(tmp_path: Path, rename: dict[str, str], said: str) -> None:
    with pytest.raises(FactsError) as caught:
        shop(tmp_path, "1", "2", rename=rename).feed("orders")
    assert said in caught.value.message


def test_forty_two_or_forty_two_thousand(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        amounts(shop(tmp_path, "42.000", "12000"))
    assert "‘42.000’ may be 42000 or 42" in caught.value.message


def test_a_said_mark_settles_it(tmp_path: Path) -> None:
    assert amounts(shop(tmp_path, "42.000", "12000", thousands=".", decimal=",")) == [Decimal(42000), Decimal(12000)]


def test_a_point_that_cannot_be_thousands_is_a_decimal_point(tmp_path: Path) -> None:
    assert amounts(shop(tmp_path, "42.000", "1.5")) == [Decimal(42), Decimal("1.5")]
