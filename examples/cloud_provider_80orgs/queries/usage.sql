-- Events of both schemas as one row per organisation, day and service. A number may arrive as a number, as text or not
-- at all: whatever it is, it comes in as text and is cast here. A cost below zero is no cost and counts as unknown.
with read as (
    select
        org_id,
        service,
        cast(left("timestamp", 10) as date) as used_on, -- all times end in Z, and the workspace's zone is UTC
        try_cast(cost_usd_increment as decimal(18, 6)) as cost,
        try_cast(genai_tokens as decimal(18, 6)) as tokens -- since schema 2
    from events
)
select
    org_id,
    service,
    used_on,
    count(*) as events,
    sum(cost) filter (where cost >= 0) as cost_usd,
    sum(tokens) as tokens
from read
group by org_id, service, used_on
