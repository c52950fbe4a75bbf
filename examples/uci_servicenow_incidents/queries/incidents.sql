-- Each incident as its first event has it: place and priority of later events were not known when it was opened.
with numbered as (
    select *, row_number() over (partition by number order by sys_mod_count, sys_updated_at) as place
    from incident_events
)
select
    number as incident,
    location,
    opened_at,
    sys_updated_at as recorded_at,
    cast(priority as integer) as priority,
    contact_type
from numbered
where place = 1
