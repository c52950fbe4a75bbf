"""Every verb on a few rows whose answers were worked out by hand, or by SQL of their own, as of 30 June 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keepwell.scoring.tables import metric_table
from keepwell.workspace import Workspace, open_workspace
from tests.scoring.folder import NO_TREE, written

DAY = date(2026, 6, 30)
Told = Mapping[str, Any]
"""Account → its number, or the state that stands for none."""

# A and D are parents' and strangers' best friends: B and C are children of A; D never appears in any table of facts.
TABLES = {
    "accounts": """
account_id,plan,arr,parent_id,started_on
A,pro,1000,,2024-01-01
B,basic,500,A,2024-01-01
C,pro,2000,A,2024-01-01
D,pro,,,2024-01-01
""",
    # Windows end with the day: [24 June, 1 July) for 7 days, [3 June, 1 July) for 28.
    "logins": """
account_id,user_id,at,loaded_at
A,u1,2026-06-30 23:59:59.999999,2026-06-30 23:59:59.999999
A,u2,2026-06-24 00:00,2026-06-24
A,u2,2026-06-23 23:59:59,2026-06-24
A,u3,2026-06-03 00:00,2026-06-03
A,u3,2026-06-02 23:59:59,2026-06-03
A,u4,2026-06-20 10:00,2026-07-01
A,u1,2026-07-01 00:00,2026-07-01
A,,2026-06-25 12:00,2026-06-25
B,u5,2026-06-26 08:00,2026-06-28
C,u6,2026-01-05 08:00,2026-01-05
Z,u9,2026-06-29 08:00,2026-06-29
""",
    "tickets": """
account_id,ticket_id,opened_at,closed_at,priority,csat
A,t1,2026-05-01 09:00,2026-05-20 09:00,urgent,4
A,t2,2026-06-10 09:00,,urgent,
A,t3,2026-06-15 09:00,2026-07-04 09:00,normal,5
A,t4,2026-06-25 09:00,2026-06-30 18:00,urgent,2
B,t5,2026-03-01 09:00,2026-06-05 09:00,normal,3
C,t6,2026-06-30 09:00,,normal,
""",
    "answers": """
account_id,answered_at,score
A,2025-12-01,9
A,2025-12-01,6
A,2026-06-01,8
A,2026-06-01,10
A,2025-06-30,0
B,2026-06-02,0
B,2026-06-03,7
C,2026-06-04,11
""",
    "orders": """
account_id,at,amount,units
A,2026-06-10,10.10,1
A,2026-06-20,20.20,3
A,2026-05-01,0.30,2
B,2026-06-29,-5,2
B,2026-06-30,,5
C,2026-01-01,100,1
""",
    "contracts": """
account_id,signed_on,seats,ends_on
A,2025-01-01,5,2026-01-01
A,2026-01-01,10,2027-01-01
B,2026-03-01,3,2026-07-15
C,2026-03-01,4,2026-06-30
C,2026-02-01,9,2026-06-29
""",
    # Nothing came for ten days, and the feed counts as fresh for seven.
    "calls": "account_id,at,minutes\nA,2026-06-20,12\nB,2026-06-01,30\n",
    "chats": "account_id,at\n",
    # About nobody. The newest release was told of on 1 July; no rate has come for ten days.
    "releases": """
released_on,told_on,number,line
2026-01-10,2026-01-10,7,stable
2026-05-20,2026-05-20,8,stable
2026-06-25,2026-06-25,9,beta
2026-06-29,2026-07-01,10,stable
""",
    "rates": "day_of,rate\n2026-06-01,1.08\n2026-06-20,1.1\n",
    "versions": "account_id,at,version\nA,2026-06-01,8\nB,2026-02-01,5\nC,2026-06-01,\n",
    "contacts": "contact_id,account_id,skill\nc1,A,1\nc2,A,5\nc3,B,2\nc4,C,3\nc5,,4\n",
    "pings": "contact_id,at\nc1,2026-06-28\nc1,2026-06-29\nc1,2026-06-30\nc2,2026-06-04\nc4,2026-01-01\n",
    "beeps": "contact_id,at\nc1,2026-06-20\n",
    "subscriptions": """
subscription_id,account_id,price,used
s1,A,100,0.5
s2,A,300,1
s3,A,,0
s4,B,,0.9
s5,C,50,
""",
}

MODEL = """
model: cases
entities:
  account: {table: accounts, key: account_id, from: started_on, parent: parent_id, value: arr}
  contact: {table: contacts, key: contact_id, in: account}
  subscription: {table: subscriptions, key: subscription_id, in: account}
tables:
  logins: {account: account_id, time: at, known: loaded_at}
  tickets: {account: account_id, time: opened_at, columns: {closed_at: happened, csat: {known: closed_at}}}
  answers: {account: account_id, time: answered_at}
  orders: {account: account_id, time: at}
  contracts: {account: account_id, time: signed_on, columns: {ends_on: planned}}
  calls: {account: account_id, time: at, fresh: 7 days}
  calls_of_pro: {account: account_id, time: at, fresh: 7 days, connected_if: "plan = 'pro'"}
  logins_of_pro: {account: account_id, time: at, connected_if: "plan = 'pro'"}
  logins_of_large: {account: account_id, time: at, connected_if: "worth > 5000"}
  chats: {account: account_id, time: at, connected_if: "plan = 'pro'"}
  nowhere: {account: account_id, time: at}
  nowhere_of_pro: {account: account_id, time: at, connected_if: "plan = 'pro'"}
  pings: {contact: contact_id, time: at}
  releases: {time: released_on, known: told_on}
  rates: {time: day_of, fresh: 7 days}
  no_rates: {time: day_of}
  rates_nowhere: {time: day_of}
  versions: {account: account_id, time: at}
  beeps: {contact: contact_id, time: at, fresh: 7 days}
metrics:
"""


def case(name: str, spec: str, told: Told, **sql: str) -> Any:
    """A metric of this name, and what it is for each account."""
    return pytest.param(name, spec, told, sql.get("sql"), id=name)


NEW = "not_connected"
"""What D is: it never had a row."""

CASES = [
    # ---- count: what happened in the window and was known by the end of the day
    case("logins_7d", "{count: logins, over: 7 days}", {"A": 3, "B": 1, "C": 0, "D": NEW},
         sql="""select account_id, count(*) from logins
                where "at" >= '2026-06-24' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    case("logins_28d", "{count: logins, over: 28 days}", {"A": 5, "B": 1, "C": 0, "D": NEW},
         sql="""select account_id, count(*) from logins
                where "at" >= '2026-06-03' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    case("logins_ever", "{count: logins}", {"A": 6, "B": 1, "C": 1, "D": NEW}),
    case("logins_where", "{count: logins, where: \"user_id <> 'u2'\", over: 28 days}", {"A": 2, "B": 1, "C": 0},
         sql="""select account_id, count(*) from logins where user_id <> 'u2'
                and "at" >= '2026-06-03' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    # ---- what no rows mean
    case("count_zero", "{count: logins, over: 7 days, absent: zero}", {"C": 0, "D": 0}),
    case("count_missing", "{count: logins, over: 7 days, absent: missing}", {"A": 3, "C": "no_data", "D": NEW}),
    case("count_worst", "{count: logins, over: 7 days, absent: worst}", {"A": 3, "C": "worst", "D": "worst"}),
    case("mean_missing", "{mean: orders.amount, over: 7 days}", {"A": "no_data", "B": -5, "C": "no_data", "D": NEW}),
    case("mean_zero", "{mean: orders.amount, over: 7 days, absent: zero}", {"A": 0, "B": -5, "C": 0, "D": NEW}),
    case("mean_worst", "{mean: orders.amount, over: 7 days, absent: worst}", {"A": "worst", "B": -5, "D": "worst"}),
    case("last_zero", "{last: orders.units, over: 7 days, absent: zero}", {"A": "no_data", "B": 5, "C": "no_data"}),
    case("stale", "{count: calls, over: 28 days}", {"A": "stale_feed", "B": "stale_feed", "C": NEW, "D": NEW}),
    case("stale_zero", "{count: calls, over: 28 days, absent: zero}", {"A": "stale_feed", "C": "stale_feed"}),
    case("stale_value", "{mean: calls.minutes, over: 28 days}", {"A": 12, "B": "stale_feed", "C": NEW},
         sql="""select account_id, avg(minutes) from calls
                where "at" >= '2026-06-03' and "at" < '2026-07-01' group by all"""),
    case("stale_of_pro", "{count: calls_of_pro, over: 28 days}", {"B": "stale_feed", "C": "stale_feed"}),
    case("window_stale", "{count: calls, over: 90 days, where: minutes > 20}", {"A": "stale_feed", "B": "stale_feed"}),
    case("empty", "{count: chats}", {"A": "stale_feed", "B": NEW, "C": "stale_feed", "D": "stale_feed"}),
    case("empty_mean", "{share: chats, that: \"day > '2026-01-01'\"}", {"A": NEW, "B": NEW, "C": NEW, "D": NEW}),
    case("no_table", "{count: nowhere}", {"A": NEW, "B": NEW, "C": NEW, "D": NEW}),
    case("no_table_zero", "{count: nowhere, absent: zero}", {"A": NEW, "D": NEW}),
    case("no_table_of_pro", "{count: nowhere_of_pro}", {"A": "stale_feed", "B": NEW, "D": "stale_feed"}),
    # B is no pro and had a login; no account is large, and of D nobody knows
    case("connected_if", "{count: logins_of_pro, over: 28 days}", {"A": 6, "B": 1, "C": 0, "D": 0}),
    case("connected_by_rows", "{count: logins_of_large, over: 28 days}", {"A": 6, "B": 1, "C": 0, "D": NEW}),
    # ---- the other aggregates
    case("users", "{count_distinct: logins.user_id, over: 28 days}", {"A": 3, "B": 1, "C": 0, "D": NEW},
         sql="""select account_id, count(distinct user_id) from logins
                where "at" >= '2026-06-03' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    case("days", "{count_distinct: logins.day, over: 7 days}", {"A": 3, "B": 1, "C": 0, "D": NEW},
         sql="""select account_id, count(distinct "at"::date) from logins
                where "at" >= '2026-06-24' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    case("revenue", "{sum: orders.amount, over: 28 days}", {"A": 30.3, "B": -5, "C": 0, "D": NEW},
         sql="""select account_id, sum(amount) from orders
                where "at" >= '2026-06-03' and "at" < '2026-07-01' group by all"""),
    case("mean_amount", "{mean: orders.amount}", {"A": 10.2, "B": -5, "C": 100, "D": NEW},
         sql="select account_id, avg(amount) from orders group by all"),
    case("per_unit", "{mean: orders.amount, weight: units, over: 28 days}", {"A": 17.675, "B": -5, "C": "no_data"},
         sql="""select account_id, sum(amount * units) / sum(units) from orders
                where amount is not null and "at" >= '2026-06-03' and "at" < '2026-07-01' group by all"""),
    case("smallest", "{min: orders.amount}", {"A": 0.3, "B": -5, "C": 100, "D": NEW}),
    case("largest", "{max: orders.amount}", {"A": 20.2, "B": -5, "C": 100, "D": NEW}),
    case("share_u2", "{share: logins, that: \"user_id = 'u2'\", over: 28 days}", {"A": 0.5, "B": 0, "C": "no_data"},
         sql="""select account_id, count(*) filter (user_id = 'u2') / count(user_id) from logins
                where "at" >= '2026-06-03' and "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    # Promoters 9 and 10, detractor 6 of four answers; 0 and 7; 11 is no answer. A's 0 is older than a year.
    case("nps", "{nps: answers.score, over: 365 days}", {"A": 25, "B": -50, "C": "no_data", "D": NEW},
         sql="""select account_id, 100 * avg(case when score >= 9 then 1.0 when score <= 6 then -1 else 0 end)
                from answers where score between 0 and 10 and answered_at >= '2025-07-01' group by all"""),
    # ---- newest and oldest, ties broken by the value itself
    case("last_score", "{last: answers.score}", {"A": 10, "B": 7, "C": 11, "D": NEW}),
    case("first_score", "{first: answers.score, over: 365 days}", {"A": 6, "B": 0, "C": 11, "D": NEW}),
    case("seats", "{last: contracts.seats}", {"A": 10, "B": 3, "C": 4, "D": NEW}),
    case("first_seats", "{first: contracts.seats}", {"A": 5, "B": 3, "C": 9, "D": NEW}),
    # ---- what was open: t3 closes after the day, t4 on it
    case("open_all", "{open: tickets, until: closed_at}", {"A": 2, "B": 0, "C": 1, "D": NEW},
         sql="""select account_id, count(*) filter (closed_at is null or closed_at >= '2026-07-01') from tickets
                where opened_at < '2026-07-01' group by all"""),
    case("open_urgent", "{open: tickets, until: closed_at, where: \"priority = 'urgent'\"}", {"A": 1, "B": 0, "C": 0}),
    # On 2 June only t5 was open (t1 was closed, the others not yet opened), and C had never had a ticket.
    case("open_change", "{change: open_all, against: 28 days ago, as: difference}", {"A": 2, "B": -1, "C": NEW}),
    # ---- values that became known later: t3 is answered in July
    case("csat", "{mean: tickets.csat}", {"A": 3, "B": 3, "C": "no_data", "D": NEW},
         sql="select account_id, avg(csat) from tickets where closed_at < '2026-07-01' group by all"),
    case("last_csat", "{last: tickets.csat}", {"A": 2, "B": 3, "C": "no_data", "D": NEW}),
    case("closed_csat", "{count: tickets, where: csat >= 4}", {"A": 1, "B": 0, "C": 0, "D": NEW}),
    # ---- days
    case("since_login", "{days_since: logins}", {"A": 0, "B": 4, "C": 176, "D": NEW},
         sql="""select account_id, date '2026-06-30' - max("at")::date from logins
                where "at" < '2026-07-01' and loaded_at < '2026-07-01' group by all"""),
    case("since_close", "{days_since: tickets.closed_at}", {"A": 0, "B": 25, "C": "no_data", "D": NEW}),
    case("since_call", "{days_since: calls}", {"A": "stale_feed", "B": "stale_feed", "C": NEW, "D": NEW}),
    case("ends_in", "{days_until: contracts.ends_on}", {"A": 185, "B": 15, "C": 0, "D": NEW},
         sql="""select account_id, min(ends_on::date - date '2026-06-30') from contracts
                where ends_on >= '2026-06-30' group by all"""),
    # ---- metrics of metrics
    case("urgent_share", "{ratio: [open_urgent, open_all]}", {"A": 0.5, "B": "undefined", "C": 0, "D": NEW}),
    case("urgent_worst", "{ratio: [open_urgent, open_all], if_zero: worst}", {"A": 0.5, "B": "worst", "C": 0}),
    case("urgent_one", "{ratio: [open_urgent, open_all], if_zero: 1}", {"A": 0.5, "B": 1, "C": 0, "D": NEW}),
    case("of_worst", "{ratio: [count_worst, open_all]}", {"A": 1.5, "C": "worst", "D": NEW}),
    # A week before, A had one login as far as is known now, C none, and B had never had one.
    case("trend", "{change: logins_7d, against: 7 days ago}", {"A": 2, "B": NEW, "C": "undefined", "D": NEW}),
    case("trend_zero", "{change: logins_7d, against: 7 days ago, if_zero: 0}", {"A": 2, "B": NEW, "C": 0, "D": NEW}),
    case("trend_worst", "{change: logins_7d, against: 1 week ago, if_zero: worst}", {"A": 2, "B": NEW, "C": "worst"}),
    case("per_ticket", "{ratio: [logins_7d, open_all]}", {"A": 1.5, "B": "undefined", "C": 0}),
    # 3 logins for 2 open tickets now; a week before 1 for 2 (t2 and t3).
    case("trend_of_ratio", "{change: per_ticket, against: 7 days ago}", {"A": 2, "B": "undefined", "C": NEW}),
    case("settled", "{expr: \"coalesce(csat, 5)\"}", {"A": 3, "B": 3, "C": 5, "D": 5}),
    case("added", "{expr: csat + open_all}", {"A": 5, "B": 3, "C": "no_data", "D": NEW}),
    case("least", "{expr: \"least(csat, open_all)\"}", {"A": 2, "B": 0, "C": "no_data", "D": NEW}),
    case("greatest", "{expr: \"greatest(1, csat)\"}", {"A": 3, "B": 3, "C": "no_data", "D": NEW}),
    case("greatest_settled", "{expr: \"greatest(1, coalesce(csat, 0))\"}", {"A": 3, "B": 3, "C": 1, "D": 1}),
    case("by_zero", "{expr: \"logins_7d / nullif(open_all, 0)\"}", {"A": 1.5, "B": "undefined", "C": 0, "D": NEW}),
    case("age", "{expr: tenure_days / 10.0}", {"A": 91.1, "D": 91.1}),
    case("worth", "{attribute: arr}", {"A": 1000, "B": 500, "C": 2000, "D": "no_data"}),
    # ---- tables without an account: one value for all. On 30 June nobody knows of release 10, told of on 1 July.
    case("newest_release", "{last: releases.number}", {"A": 9, "B": 9, "C": 9, "D": 9},
         sql="""select account_id, (select max_by(number, released_on) from releases where told_on < '2026-07-01')
                from accounts"""),
    case("stable_release", "{last: releases.number, where: \"line = 'stable'\"}", {"A": 8, "D": 8}),
    case("releases_90d", "{count: releases, over: 90 days}", {"A": 2, "B": 2, "C": 2, "D": 2}),
    case("lines", "{count_distinct: releases.line}", {"A": 2, "D": 2}),
    case("since_release", "{days_since: releases}", {"A": 5, "D": 5}),
    case("version", "{last: versions.version}", {"A": 8, "B": 5, "C": "no_data", "D": NEW}),
    case("version_lag", "{expr: newest_release - version}", {"A": 1, "B": 4, "C": "no_data", "D": NEW}),
    # 91 days before, the newest was 7: on 31 March.
    case("release_change", "{change: newest_release, against: 91 days ago, as: difference}", {"A": 2, "D": 2}),
    case("rate", "{last: rates.rate}", {"A": "stale_feed", "D": "stale_feed"}),
    case("rates_seen", "{count: rates}", {"A": "stale_feed", "D": "stale_feed"}),
    case("rate_10d", "{last: rates.rate, over: 5 days, absent: worst}", {"A": "stale_feed", "D": "stale_feed"}),
    case("none", "{last: no_rates.rate}", {"A": NEW, "D": NEW}),
    case("none_counted", "{count: no_rates}", {"A": NEW, "D": NEW}),
    case("nowhere_for_all", "{last: rates_nowhere.rate}", {"A": NEW, "D": NEW}),
    case("releases_of_contact", "{mean: contact.newest_of_contact}", {"A": 9, "B": 9, "D": "no_data"}),
    # ---- a level below: c1 came three times, c2 once, c4 not in the window; c3 never had a row, so nobody can tell
    # how often B's only contact came; c5 is nobody's
    case("contacts", "{count: contact}", {"A": 2, "B": 1, "C": 1, "D": 0}),
    case("active", "{count: contact, where: pings_28d > 0}", {"A": 2, "B": NEW, "C": 0, "D": 0}),
    case("pings_mean", "{mean: contact.pings_28d}", {"A": 2, "B": NEW, "C": 0, "D": "no_data"}),
    case("pings_sum", "{sum: contact.pings_28d}", {"A": 4, "B": NEW, "C": 0, "D": "no_data"}),
    case("pings_zero", "{sum: contact.pings_28d, absent: zero}", {"A": 4, "B": NEW, "C": 0, "D": 0}),
    case("pings_min", "{min: contact.pings_28d}", {"A": 1, "B": NEW, "C": 0}),
    case("pings_max", "{max: contact.pings_28d, absent: worst}", {"A": 3, "B": "worst", "C": 0, "D": "worst"}),
    # 1 three times and 5 once; B's contact has a skill, and nobody can tell what it weighs; C's weighs nothing
    case("skill_mean", "{mean: contact.skill, weight: pings_28d}", {"A": 2, "B": "no_data", "C": "no_data"}),
    case("skill_stale", "{mean: contact.skill, weight: beeps_28d}", {"A": "stale_feed", "B": "no_data"}),
    case("often", "{share: contact, that: pings_28d >= 2}", {"A": 0.5, "B": NEW, "C": 0, "D": "no_data"}),
    # 0.5 of 100 and 1 of 300; s3 and s4 have no price, s5 no use.
    case("use", "{mean: subscription.used, weight: price}", {"A": 0.875, "B": "no_data", "C": "no_data"},
         sql="""select account_id, sum(used * price) / sum(price) from subscriptions
                where used is not null and price is not null group by all"""),
    case("use_plain", "{mean: subscription.used}", {"A": 0.5, "B": 0.9, "C": "no_data", "D": "no_data"}),
    # ---- an account's own children: B and C are A's
    case("children", "{count: children}", {"A": 2, "B": 0, "C": 0, "D": 0}),
    case("children_logins", "{sum: children.logins_7d}", {"A": 1, "B": "no_data", "D": "no_data"}),
    case("children_counted", "{sum: children.count_missing}", {"A": 1, "B": "no_data"}),
    case("children_open", "{mean: children.open_all}", {"A": 0.5, "B": "no_data"}),
    case("children_worth", "{max: children.worth}", {"A": 2000, "C": "no_data"}),
    case("children_silent", "{count: children, where: logins_7d = 0}", {"A": 1, "B": 0}),
    case("children_of_rollups", "{sum: children.contacts}", {"A": 2, "B": "no_data"}),
]  # fmt: skip

BELOW = """
  plan: {attribute: plan}
  pings_28d: {for: contact, count: pings, over: 28 days}
  newest_of_contact: {for: contact, last: releases.number}
  beeps_28d: {for: contact, count: beeps, over: 28 days}
  skill: {for: contact, attribute: skill}
  price: {for: subscription, attribute: price}
  used: {for: subscription, attribute: used}
"""


def cases_written(folder: Path) -> Path:
    """A workspace whose model has every case as a metric."""
    lines = "".join(f"  {one.values[0]}: {one.values[1]}\n" for one in CASES)
    tables = TABLES | {"calls_of_pro": TABLES["calls"], "logins_of_pro": TABLES["logins"]}
    tables["logins_of_large"] = TABLES["logins"]
    return written(folder, MODEL + lines + BELOW + NO_TREE, tables)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases_written(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Iterator[Workspace]:
    with open_workspace(folder) as opened:
        yield opened


Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def today(workspace: Workspace) -> Rows:
    """(metric, account) → its row."""
    return read(workspace, DAY)


def read(workspace: Workspace, known_by: date) -> Rows:
    rows = metric_table(workspace.score(DAY, known_by)).to_pylist()
    return {(row["metric"], row["account_id"]): row for row in rows}


def told(row: Mapping[str, Any]) -> Any:
    return row["number"] if row["state"] == "ok" else row["state"]


@pytest.mark.parametrize(("name", "spec", "wanted", "sql"), CASES)
def test_a_metric_worked_out_by_hand(today: Rows, name: str, spec: str, wanted: Told, sql: str | None) -> None:
    assert {account: told(today[name, account]) for account in wanted} == wanted, spec


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same files, read by DuckDB on its own."""
    with duckdb.connect() as connection:
        for path in sorted((folder / "data").glob("*.csv")):
            kinds = {"at": "timestamp", "loaded_at": "timestamp", "opened_at": "timestamp", "closed_at": "timestamp"}
            kinds |= {"released_on": "timestamp", "told_on": "timestamp"}
            header = path.read_text("utf-8").splitlines()[0].split(",")
            types = {column: kinds[column] for column in header if column in kinds}
            connection.read_csv(str(path), header=True, dtype=types).create(path.stem)
        yield connection


@pytest.mark.parametrize(("name", "spec", "wanted", "sql"), [one for one in CASES if one.values[3]])
def test_a_metric_against_plain_sql(
    today: Rows, plain: duckdb.DuckDBPyConnection, name: str, spec: str, wanted: Told, sql: str
) -> None:
    """Accounts that SQL finds nothing for have a zero or no value; those it finds have its number."""
    found = {account: value for account, value in plain.execute(sql).fetchall() if account != "Z" and value is not None}
    numbers = {account: row["number"] for (metric, account), row in today.items() if metric == name}
    stale = {account for (metric, account), row in today.items() if metric == name and row["state"] == "stale_feed"}
    assert {
        account: pytest.approx(float(value), abs=1e-9) for account, value in found.items() if account not in stale
    } == {account: number for account, number in numbers.items() if number is not None and (number or account in found)}


def test_late_facts_come_in_when_they_are_known(workspace: Workspace, today: Rows) -> None:
    """The login of 20 June that was loaded on 1 July, and the rating of t3 on 4 July, restate 30 June."""
    later = read(workspace, date(2026, 7, 5))
    assert (told(today["logins_28d", "A"]), told(later["logins_28d", "A"])) == (5, 6)
    assert (told(today["users", "A"]), told(later["users", "A"])) == (3, 4)
    assert (told(today["trend", "A"]), told(later["trend", "A"])) == (2, 0.5)  # 1 → 3 became 2 → 3
    assert told(later["open_all", "A"]) == 2  # what closes on 4 July was open on 30 June, whenever that is asked
    assert (told(today["csat", "A"]), told(later["csat", "A"])) == (3, pytest.approx(11 / 3, abs=1e-9))


def test_a_value_is_as_old_as_what_it_rests_on(today: Rows) -> None:
    def at(metric: str) -> datetime | None:
        found: datetime | None = today[metric, "A"]["at"]
        return found

    assert at("logins_7d") == datetime(2026, 6, 30, 23, 59, 59, 999999)  # noqa: DTZ001 (naive, as facts are)
    assert at("last_csat") == datetime(2026, 6, 25, 9)  # noqa: DTZ001
    assert at("first_score") == datetime(2025, 12, 1)  # noqa: DTZ001
    assert at("csat") == datetime(2026, 6, 25, 9)  # noqa: DTZ001
    assert at("revenue") == datetime(2026, 6, 20)  # noqa: DTZ001
    assert at("added") == datetime(2026, 6, 25, 9)  # noqa: DTZ001 (the older of csat's and open_all's)
    assert at("children_counted") == datetime(2026, 6, 26, 8)  # noqa: DTZ001 (B's; C has a row, and no value)
    assert at("worth") is None
    assert at("contacts") is None
