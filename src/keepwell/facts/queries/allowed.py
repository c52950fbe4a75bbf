"""What a query may hold. The list says what is allowed: whatever a new version of an engine brings is refused."""

from __future__ import annotations

from sqlglot import exp

from keepwell.model.expressions import ALLOWED as SCALARS

_CLAUSES: tuple[type[exp.Expr], ...] = (
    *(exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.With, exp.CTE, exp.Values, exp.Tuple),
    *(exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Distinct),
    *(exp.Table, exp.TableAlias, exp.Alias, exp.Star, exp.Exists, exp.Window, exp.WindowSpec, exp.Filter),
)
_VALUES: tuple[type[exp.Expr], ...] = (
    *(exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.ILike, exp.SimilarTo, exp.Escape, exp.IntDiv, exp.Xor),
    *(exp.Exp, exp.Log, exp.Sign, exp.Trunc),
)
_TEXTS: tuple[type[exp.Expr], ...] = (
    *(exp.Concat, exp.ConcatWs, exp.DPipe, exp.Substring, exp.Replace, exp.Left, exp.Right, exp.SplitPart),
    *(exp.StartsWith, exp.StrPosition, exp.Reverse),
    *(exp.RegexpLike, exp.RegexpILike, exp.RegexpExtract, exp.RegexpReplace),
    *(exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript),
)
_DATES: tuple[type[exp.Expr], ...] = (
    *(exp.Extract, exp.DateTrunc, exp.TimestampTrunc, exp.DateDiff, exp.DateAdd, exp.DateSub, exp.TimestampAdd),
    *(exp.Year, exp.Quarter, exp.Month, exp.Week, exp.Day, exp.DayOfWeek, exp.DayOfYear, exp.LastDay, exp.Date),
    *(exp.DateFromParts, exp.StrToDate, exp.StrToTime, exp.TimeToStr, exp.TsOrDsToDate, exp.AtTimeZone),
    *(exp.TsOrDsAdd, exp.TsOrDsDiff, exp.UnixToTime),
)
_AGGREGATES: tuple[type[exp.Expr], ...] = (
    *(exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr),
    *(exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Median),
    *(exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.WithinGroup),
    *(exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile),
    *(exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue),
)
ALLOWED = (*SCALARS, *_CLAUSES, *_VALUES, *_TEXTS, *_DATES, *_AGGREGATES)
"""Every node that a query may hold. Functions that SQLGlot does not know by name are none of them."""

PARTS = frozenset(
    (
        *("this", "expression", "expressions", "alias", "columns", "query", "quoted", "is_string", "db", "table"),
        *("from_", "joins", "where", "group", "having", "qualify", "order", "with_", "ctes", "all", "distinct"),
        *("by_name", "side", "kind", "on", "using", "desc", "nulls_first", "except_", "replace"),
        *("ifs", "default", "true", "false", "to", "unit", "zone", "low", "high", "decimals", "negate", "quantile"),
        *("partition_by", "spec", "spec_side", "over", "start", "start_side", "end", "end_side", "offset"),
        *("trim_type", "start_pos", "length", "year", "month", "day", "format", "delimiter", "part_index", "position"),
        *("group", "replacement", "modifiers", "parameters", "substr"),
        *("big_int", "typed", "safe", "is_nvl", "is_null", "nested", "truncate", "abbreviate", "ignore_nulls"),
        *("input_type_preserved", "single_replace", "null_handling", "coalesce", "only_json_types"),
        *("null_if_pos_overflow",),
    )
)
"""Parts of a node that are said back as they were read; a part that is not listed is refused."""

BUT = (
    *((exp.Distinct, "on"), (exp.Select, "kind"), (exp.Table, "joins")),
    *((query, "offset") for query in (exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery)),
)
"""Parts that are harmless elsewhere: DISTINCT ON and OFFSET keep a row by chance, SELECT AS STRUCT is no table."""

TYPES = frozenset(
    (
        *("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "DECIMAL", "FLOAT", "DOUBLE"),
        *("CHAR", "VARCHAR", "TEXT", "DATE", "TIME", "INTERVAL"),
        *("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
    )
)
UNITS = frozenset(
    (
        *("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"),
        *("DOW", "ISODOW", "DOY", "DAYOFWEEK", "DAYOFYEAR", "ISOYEAR", "EPOCH", "DECADE", "CENTURY"),
    )
)
"""Bare words: only parts of a date are some, since PostgreSQL answers others, such as SESSION_USER."""

MOVING = (
    *(exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime, exp.Localtime, exp.Localtimestamp),
    *(exp.Rand, exp.Randn, exp.Uuid),
)
"""Functions that say something else each time."""
MOVING_WORDS = ("now", "today", "tomorrow", "yesterday")
"""Words that PostgreSQL reads as a time."""
MOVING_NAMES = ("now", "today", "get_current_time", "get_current_timestamp", "clock_timestamp", "statement_timestamp")
"""Functions of the same sort that SQLGlot hands on by name."""
