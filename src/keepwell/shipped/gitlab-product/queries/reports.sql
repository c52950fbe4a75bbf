-- Which report speaks for a subscription in a month: the last one of its primary instance.
-- Primary is, among the instances in production that have licences, the one with the most billable users; where two
-- have as many, the one that reported last. Subscriptions of the open source programme are left out.
with last_of_month as (
    select
        ping.*,
        date_trunc('month', cast(ping.pinged_at as date)) as of_month
    from instance_pings as ping
    where ping.environment = 'production' and cast(ping.licensed_users as integer) > 0
    qualify row_number() over (
        partition by ping.instance_id, date_trunc('month', cast(ping.pinged_at as date)) order by ping.pinged_at desc
    ) = 1
)
select last_of_month.*
from last_of_month
inner join subscriptions as sold on sold.subscription_id = last_of_month.subscription_id
where coalesce(sold.programme, '') <> 'open source'
qualify row_number() over (
    partition by last_of_month.subscription_id, last_of_month.of_month
    order by cast(last_of_month.billable_users as integer) desc, last_of_month.pinged_at desc, last_of_month.instance_id
) = 1
