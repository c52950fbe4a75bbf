"""What must always hold where accounts have many ids: generated models with an id map, 200 accounts each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.model import load_text
from tests.oracle import score_accounts
from tests.scoring.cases import FEWER, Case
from tests.scoring.compare import differences
from tests.scoring.generated import DAY
from tests.scoring.identified import identified, unknown_rows
from tests.scoring.test_invariants import run, unknowable

pytestmark = pytest.mark.timeout(3_600)


@FEWER
@given(identified(), st.sampled_from(("parquet", "csv", "parts")))
def test_keepwell_agrees_with_the_oracle_on_whose_an_id_is(case: Case, form: str) -> None:
    model = load_text(case.text).model
    found = differences(model, run(case, form), score_accounts(model, case.tables, DAY, case.known_by))
    assert not found.differences, "\n".join(found.differences[:20])


@FEWER
@given(identified(), st.sampled_from(("parquet", "csv", "parts")))
def test_what_the_map_did_not_say_yet_changes_nothing(case: Case, form: str) -> None:
    before, after = run(case), run(unknown_rows(unknowable(case)), form)
    for kind in ("metrics", "measures", "groups", "scores"):
        assert getattr(before, kind) == getattr(after, kind), kind
