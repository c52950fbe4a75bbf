"""All metrics of one level, wide: a row per living entity, three columns (value, state, at) per metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

import ibis
import ibis.expr.types as ir

from keepwell.facts import Facts
from keepwell.facts.moment import TIME, When
from keepwell.model.ago import NOW, Ago
from keepwell.model.graph import BUILT_IN, reads
from keepwell.model.metrics import CHILDREN, Aggregate, Attribute, Metric, OfScore
from keepwell.model.model import Model
from keepwell.scoring.keep import Keep
from keepwell.scoring.metrics.about import about
from keepwell.scoring.metrics.derived import derive
from keepwell.scoring.metrics.needs import Need, inputs, needs_of, reads_rows
from keepwell.scoring.metrics.rollup import ENTITIES, UNKNOWN, Below, judged, roll_up, unknown_name
from keepwell.scoring.metrics.tables import TableView, join_table
from keepwell.scoring.terms import beside

DEEPEST = 6
"""So many joins go into one query: each nests it deeper, and compiling soon takes more than Python can."""


ScoresAt = Callable[[str, When], ir.Table]
"""A score's name and a moment → id, score (its own points) and tier; NULL where there is too little evidence."""


def no_scores(name: str, _: When) -> ir.Table:
    """For models without a metric that reads a score."""
    raise AssertionError(f"nobody can compute the score {name} here")


class Level:
    """One level as of one moment: `wide` begins as the living entities and grows by columns."""

    def __init__(
        self,
        model: Model,
        facts: Facts,
        name: str,
        moment: When,
        keep: Keep,
        only: Collection[str] | None,
        scores_at: ScoresAt,
    ) -> None:
        self.model, self.facts, self.name, self.moment, self.keep = model, facts, name, moment, keep
        self.scores_at = scores_at
        self.joins = 0
        self.needs = needs_of(model, name, only)
        self.wide = _spine(facts.entity(name, moment), model, name, moment.keys)
        self.spine = self.wide.select(*self.keys)
        self.below: dict[tuple[str, Ago, tuple[str, ...]], ir.Table] = {}
        self.lacking = lacking(model, facts)

    def metric(self, need: Need) -> Metric:
        return self.model.metrics[need.metric]

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells the rows apart: who, and on which day where there are many."""
        return ("id", *self.moment.keys)

    def join(self, table: ir.Table) -> None:
        self.widen(beside(self.wide, table, self.keys))

    def widen(self, joined: ir.Table) -> None:
        """Go on with a table that has one more join in it, computed now and then."""
        self.joins += 1
        self.wide = joined if self.joins % DEEPEST else self.keep(joined)


def evaluate(
    model: Model,
    facts: Facts,
    name: str,
    moment: When,
    keep: Keep,
    only: Collection[str] | None = None,
    scores_at: ScoresAt = no_scores,
) -> Level:
    """Every metric of the level (or `only` some), as columns of `.wide`, for its entities living on the day."""
    return _filled(Level(model, facts, name, moment, keep, only, scores_at))


def _filled(level: Level) -> Level:
    _built_in(level)
    _attributes(level)
    _of_scores(level)
    _tables(level)
    for batch in _batches(level):
        _derive(level, batch)
    return level


def lacking(model: Model, facts: Facts) -> frozenset[str]:
    """Metrics that read a table which is not there, or belong to a level whose table is not there."""
    return frozenset(
        name
        for name, metric in model.metrics.items()
        if (reads_rows(model, metric) and not facts.has(metric.source or ""))
        or not facts.has(model.entities[metric.for_].table)
    )


def _spine(entities: ir.Table, model: Model, name: str, days: tuple[str, ...]) -> ir.Table:
    """The living entities with what faces show of them.

    Attributes come in as metrics, so no column of the data is in the way.
    """
    spec = model.entities[name]
    shown = {
        "name": entities[spec.name].cast("string") if spec.name else ibis.null("string"),
        "owner": entities[spec.owner].cast("string") if spec.owner else ibis.null("string"),
        "value": entities[column].cast("float64") if (column := model.value_column(name)) else ibis.null("float64"),
    }
    own = {"id": "@id", "began": "@began", "in_id": "@in", "parent_id": "@parent"}
    return entities.select(*days, **own, **shown)


def _built_in(level: Level) -> None:
    """`tenure_days` and `today`, as of each day that a formula or a parent asks for; missing before the life began."""
    asked = {other for need in level.needs for other in inputs(level.model, need) if other.metric in BUILT_IN}
    for need in sorted({*map(Need, BUILT_IN), *asked}):
        value = _today(level, need.ago) if need.metric == "today" else _tenure(level, need.ago)
        state = ibis.ifelse(value.isnull(), "no_data", "ok")
        level.wide = level.wide.mutate(**{need.value: value, need.state: state, need.at: ibis.null(TIME)})


def _today(level: Level, ago: Ago) -> ir.DateValue:
    return level.moment.ago(ago).today(level.wide)


def _tenure(level: Level, ago: Ago) -> ir.IntegerValue:
    began = _began(level, ago)  # may join, so the day is taken from the table as it is then
    days = _today(level, ago).delta(began.date(), unit="day")
    return ibis.ifelse(days >= 0, days, ibis.null("int64"))


def _began(level: Level, ago: Ago) -> ir.Value:
    """When each life began, by the rows that held so many days ago: a later one may state a beginning, or another."""
    if not ago or level.model.entities[level.name].valid_from is None:
        return level.wide.began
    past, name = _past_entities(level, ago), f"began@{ago}"
    level.join(past.select(*level.moment.keys, id="@id", **{name: past["@began"]}))
    return level.wide[name]


def _past_entities(level: Level, ago: Ago) -> ir.Table:
    """The entities of so many days ago, with those merged since as one."""
    return level.facts.entity(level.name, level.moment.ago(ago))


def _attributes(level: Level) -> None:
    """Attributes as they were on each day asked for."""
    wanted: dict[Ago, list[tuple[Need, Attribute]]] = defaultdict(list)
    for need in level.needs:
        if isinstance(metric := level.metric(need), Attribute):
            wanted[need.ago].append((need, metric))
    for ago, pairs in wanted.items():
        past = _past_entities(level, ago)
        columns: dict[str, ir.Value] = {}
        for need, metric in pairs:
            value = past[metric.attribute]
            columns |= {
                need.value: value,
                need.state: ibis.ifelse(value.isnull(), "no_data", "ok"),
                need.at: ibis.null(TIME),
            }
        level.join(past.select(*level.moment.keys, id="@id", **columns))
        level.wide = level.wide.mutate(**{need.state: level.wide[need.state].fill_null("no_data") for need, _ in pairs})


def _of_scores(level: Level) -> None:
    """Scores of the same accounts, as they would have been on each day asked for."""
    wanted: dict[tuple[str, Ago], list[Need]] = defaultdict(list)
    for need in level.needs:
        if isinstance(metric := level.metric(need), OfScore):
            wanted[metric.named, need.ago].append(need)
    for (name, ago), needs in wanted.items():
        found = level.scores_at(name, level.moment.ago(ago))
        level.join(found.select(*level.keys, **{need.value: found[level.metric(need).verb] for need in needs}))
        for need in needs:
            state = ibis.ifelse(level.wide[need.value].isnull(), "no_data", "ok")
            level.wide = level.wide.mutate(**{need.state: state, need.at: ibis.null(TIME)})


def _tables(level: Level) -> None:
    """Metrics that read rows: one scan per table, and one more per past day where changing columns read differently."""
    scans: dict[tuple[str, Ago], list[tuple[Need, Aggregate]]] = defaultdict(list)
    for need in level.needs:
        metric = level.metric(need)
        if isinstance(metric, Aggregate) and reads_rows(level.model, metric):
            ago = need.ago if _changes(level.model, metric) else NOW
            scans[(metric.source or "", ago)].append((need, metric))
    if level.moment.keys and scans:  # every fold asks for whom and when, and would rank the entities of all days anew
        level.wide = level.keep(level.wide)
        level.spine = level.wide.select(*level.keys)
    for (table, ago), pairs in scans.items():
        view = TableView(level.model, level.facts, level.name, table, level.moment, ago, level.keep)
        level.widen(join_table(view, level.wide, pairs))


def _changes(model: Model, metric: Aggregate) -> bool:
    """Whether the metric reads a column that is empty until it happened, and so reads differently on an earlier day."""
    spec = model.tables[metric.source or ""]
    names = {*metric.names, *(spec.where.names if spec.where else ())}
    return any(column.happened for column in spec.changing(names))


def _batches(level: Level) -> Iterable[list[Need]]:
    """Derived needs in batches whose inputs are all there already: one nesting of the query per batch."""
    left = [
        need
        for need in level.needs
        if not isinstance(level.metric(need), (Attribute, OfScore)) and not reads_rows(level.model, level.metric(need))
    ]
    while left:
        ready = [need for need in left if not set(inputs(level.model, need)) & set(left)]
        yield ready
        left = [need for need in left if need not in ready]


def _derive(level: Level, batch: list[Need]) -> None:
    _roll_ups(level, batch)
    columns: dict[str, ir.Value] = {}
    for need in batch:
        metric = level.metric(need)
        if not isinstance(metric, Aggregate):
            with about(need.metric):
                found = derive(metric, level.wide, inputs(level.model, need), level.lacking)
            columns |= dict(zip(need.columns, found, strict=True))
    level.wide = level.wide.mutate(**columns) if columns else level.wide


def _roll_ups(level: Level, batch: list[Need]) -> None:
    """Those that sum up the same entities of the same day are one scan and one join."""
    alike: dict[tuple[str, Ago, tuple[str, ...]], list[tuple[Need, Aggregate]]] = defaultdict(list)
    for need in batch:
        if isinstance(metric := level.metric(need), Aggregate):
            own = tuple(reads(level.model, need.metric)) if metric.source == CHILDREN and need.ago else ()
            alike[metric.source or "", need.ago, own].append((need, metric))
    # Before any is joined: children are the level itself, with what the batch reads.
    found = [(pairs, _below(level, *of)) for of, pairs in alike.items()]
    for pairs, below in found:
        if below is None:
            nothing = (ibis.null("float64"), ibis.literal("not_connected"), ibis.null(TIME))
            columns = [pair for need, _ in pairs for pair in zip(need.columns, nothing, strict=True)]
            level.wide = level.wide.mutate(**dict(columns))
        else:
            _roll_up(level, pairs, below)


def _roll_up(level: Level, pairs: list[tuple[Need, Aggregate]], below: Below) -> None:
    level.join(roll_up(pairs, below, level.moment.keys))
    columns: dict[str, ir.Value] = {}
    for need, metric in pairs:
        columns |= dict(zip((need.value, need.state), judged(metric, need, level.wide), strict=True))
    unknown = (unknown_name(need, name) for need, _ in pairs for name in UNKNOWN)
    level.wide = level.wide.mutate(**columns).drop(ENTITIES, *unknown)


def _below(level: Level, source: str, ago: Ago, only: tuple[str, ...]) -> Below | None:
    """What is rolled up, as it was on the day: the level below, or those who were the account's children then.

    None where its table is not there.
    """
    if source != CHILDREN:
        there = level.facts.has(level.model.entities[source].table)
        return Below(_past(level, source, ago, None), "in_id", level.lacking) if there else None
    if not ago:
        level.wide = level.keep(level.wide)
        return Below(level.wide.view(), "parent_id", level.lacking)
    return Below(_past(level, level.name, ago, only), "parent_id", level.lacking)


def _past(level: Level, name: str, ago: Ago, only: tuple[str, ...] | None) -> ir.Table:
    """A level with its metrics as of so many days ago, computed once."""
    key = (name, ago, only or ())
    if key not in level.below:
        moment = level.moment.ago(ago)
        below = evaluate(level.model, level.facts, name, moment, level.keep, only, level.scores_at)
        level.below[key] = level.keep(below.wide)
    return level.below[key]
