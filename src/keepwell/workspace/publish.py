"""What a workspace keeps, copied to where its file says."""

from __future__ import annotations

from keepwell.errors import UsageError
from keepwell.facts.databases import Postgres
from keepwell.facts.spark import Spark
from keepwell.results.in_postgres import InPostgres
from keepwell.results.in_spark import InSpark
from keepwell.results.lock import writing
from keepwell.results.publish import Place, Published, publish
from keepwell.workspace.kept import results_of
from keepwell.workspace.workspace import Workspace


def publish_kept(workspace: Workspace) -> Published:
    """Copy the runs that are not there yet, as the only one who writes or publishes the folder.

    Raises UsageError where `publish` is not said, OutputError where that cannot be done, FactsError where the database
    cannot be reached.
    """
    asked = workspace.config.publish
    if asked is None:
        raise UsageError("keepwell.yaml does not say where to publish; add `publish: {source: warehouse}`.")
    source = workspace.facts.source(asked.source)
    place: Place
    if isinstance(source, Spark):
        place = InSpark(source, asked.schema_)
    elif isinstance(source, Postgres):
        place = InPostgres(source, asked.schema_)
    else:
        raise TypeError(f"{asked.source} is a source of another kind than its entry says")
    results = results_of(workspace.folder)
    with writing(results.folder):
        return publish(results, place)
