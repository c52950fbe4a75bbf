"""The file of fits: read beside the model, and the model as it is on a day, with curves where it was relative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from keepwell.errors import Finding, ModelError
from keepwell.model.exact import plain
from keepwell.model.fitted import Fit, curved, relative_scales, wanted
from keepwell.model.scale import Scale
from keepwell.model.version import version_of
from keepwell.model.yaml import Document, read_document

if TYPE_CHECKING:
    from keepwell.model.load import Loaded

FITS = "fits"
"""The one key of the file."""


def with_fits(document: Document, folder: Path) -> Document:
    """The document with the fits of the file that `fitted:` names; unchanged where it names none, or none is there yet.

    Raises ModelError for a file that lies elsewhere or holds something else.
    """
    name = document.data.get("fitted")
    if not isinstance(name, str):
        return document
    place = document.place(("fitted",))
    if Path(name).name != name or not name.endswith((".yaml", ".yml")):
        said = f"`fitted: {name}` should be the name of a YAML file beside the model, such as fitted.yaml."
        raise ModelError.of([Finding(place.file, place.line, "error", "fitted", said)])
    if not (folder / name).exists():
        return document
    fits = read_document(folder / name, name)
    if set(fits.data) != {FITS} or not isinstance(fits.data[FITS], list):
        said = f"this is not a file that `keepwell fit` wrote; it should hold `{FITS}:` with a list, and nothing else."
        raise ModelError.of([Finding(name, 1, "error", "fitted", said)])
    moved = {("fitted", *path[1:]): place for path, place in fits.places.items() if path[:1] == (FITS,)}
    return Document(document.file, document.data | {"fitted": fits.data[FITS]}, document.places | moved)


def on_day(loaded: Loaded, day: date, name: str) -> Loaded:
    """The model with the version and the curves that its fit of the day gives. A model without such scales is itself.

    Raises ModelError where no fit holds on the day, or it lacks what the named score needs.
    """
    model = loaded.model
    if not any(any(relative_scales(score)) for score in model.scores.values()):
        return loaded
    needed = dict.fromkeys(relative_scales(model.scores[name]))
    fit = model.fit_on(day)
    if fit is None:
        if not needed:
            return loaded
        raise ModelError.of([_finding(loaded, _none(loaded, day))])
    if lacking := [_finding(loaded, said) for said in _lacking(needed, fit)]:
        raise ModelError.of(lacking)
    stored = loaded.document.data["fitted"][model.fitted.index(fit)]
    scores = model.scores | {name: curved(model.scores[name], fit)}
    version = version_of(loaded.document.data, stored)
    return replace(loaded, model=model.model_copy(update={"scores": scores}), version=version)


def _none(loaded: Loaded, day: date) -> str:
    since = min((fit.from_ for fit in loaded.model.fitted), default=None)
    said = f"the first fit holds from {since}" if since else "nothing was fitted yet"
    return f"percentiles and z-scores have no fit for {day}: {said}. `keepwell fit --as-of` an earlier day makes one."


def _lacking(needed: Iterable[tuple[str, Scale]], fit: Fit) -> Iterator[str]:
    for metric, scale in needed:
        spread = fit.metrics.get(metric)
        absent = ", ".join(f"percentile {plain(at)}" for at in wanted(spread, scale)) if spread else "all of it"
        if absent:
            yield f"the fit from {fit.from_} lacks, of ‘{metric}’, {absent}; `keepwell fit --replace` makes it again."


def _finding(loaded: Loaded, said: str) -> Finding:
    place = loaded.document.place(("fitted",))
    return Finding(place.file, place.line, "error", "not-fitted", said)
