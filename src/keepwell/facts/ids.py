"""Ids as text, so that 13085, '13085' and 13085.0 are one account."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

LARGEST_EXACT = 2.0**53


def as_id(column: ir.Value) -> ir.StringValue:
    """The id as text; NULL for none (NULL, NaN, or blank: empty or only spaces).

    Numbers without decimals lose their `.0`, text stays.
    """
    kind = column.type()
    if kind.is_string():
        return ibis.ifelse(column.strip() == "", ibis.null("string"), column)
    if kind.is_floating():
        column = column.cast("float64")
        whole = (column == column.floor()) & (column.abs() < LARGEST_EXACT)
        number = ibis.ifelse(whole, column, ibis.null("float64")).cast("int64")
        return ibis.ifelse(
            column.isnan(), ibis.null("string"), ibis.coalesce(number.cast("string"), column.cast("string"))
        )
    if kind.is_decimal():
        text = column.cast("string")
        return text.re_replace(r"\.?0+$", "") if kind.scale else text
    return column.cast("string")
