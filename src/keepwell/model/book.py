"""The book: which rows say what an account is worth per year, and from when to when."""

from __future__ import annotations

from pydantic import Field, model_validator

from keepwell.model.exact import Days, Duration
from keepwell.model.expressions import Condition, Formula
from keepwell.model.spec import ColumnName, Name, Spec
from keepwell.model.tables import Columns


class Book(Spec):
    """Recurring revenue, in rows that hold for some time: contracts, terms of subscriptions, changes of an account."""

    table: Name = Field(description="The table with a row per contract, subscription or change.")
    from_: ColumnName | None = Field(
        None, alias="from", description="Column with the first day on which a row holds; default: the table's `time`."
    )
    until: ColumnName | None = Field(
        None, description="Column with the first day on which it holds no more; where it is empty, the row goes on."
    )
    last: ColumnName | None = Field(None, description="Instead of `until`: column with the last day on which it holds.")
    arr: Formula = Field(description="What the row is worth per year, such as arr, or 12 * mrr.")
    where: Condition | None = Field(None, description="Only rows that meet this condition are revenue that recurs.")
    one_per: Columns = Field(
        (),
        description="Of the rows with the same values in these columns one holds at a time: a newer one replaces the "
        "older from its own first day on. Default: all rows that hold on a day are added up.",
    )
    gap: Days = Field(
        Duration(0),
        description="An account without revenue for no longer than this, between rows that have some, has not left: it "
        "is held at what it had.",
    )

    @model_validator(mode="after")
    def _ends_once(self) -> Book:
        if self.until and self.last:
            raise ValueError("the book says `until` or `last`, not both")
        if not (self.until or self.last or self.one_per):
            raise ValueError(
                "the book says when rows end, by `until` or `last`, or that one replaces another, `one_per`"
            )
        return self
