-- Every change of an incident, with what this change did: was it reopened, handed on, closed by it? Each is told from this event and
-- those before it. `closed_at` and `resolved_at` are left out: the log writes the final ones beside every event, also the first.
with ordered as (
    select
        *,
        lag(incident_state) over (partition by number order by sys_mod_count, sys_updated_at) as state_before,
        lag(reopen_count) over (partition by number order by sys_mod_count, sys_updated_at) as reopened_before,
        lag(reassignment_count) over (partition by number order by sys_mod_count, sys_updated_at) as handed_on_before
    from incident_events
)
select
    number as incident,
    location,
    sys_updated_at as changed_at,
    opened_at,
    sys_mod_count as change,
    incident_state as state,
    cast(priority as integer) as priority,
    made_sla,
    reopen_count > coalesce(reopened_before, 0) as reopens,
    reassignment_count - coalesce(handed_on_before, 0) as handed_on,
    -- of several changes in one minute only the last says the state at its end
    row_number() over (partition by number, sys_updated_at order by sys_mod_count desc, incident_state) = 1 as stands,
    incident_state = 'Closed' and coalesce(state_before, '') <> 'Closed' as closes,
    -- only to show what a careless model would see
    closed_at > sys_updated_at and incident_state not in ('Resolved', 'Closed') as knows_its_end
from ordered
