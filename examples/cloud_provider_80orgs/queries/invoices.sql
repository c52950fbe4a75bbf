-- Bills in dollars. The rates are an assumption of this example, as of 2025-07-15: round figures in the middle of what the
-- bills themselves state per currency from June to August. The rate on a bill is not used: it makes a dollar anything
-- between 0.85 and 1.12 dollars.
with rates (currency, to_usd) as (
    select * from (values ('USD', 1.0), ('EUR', 1.1), ('ARS', 0.0015)) as stated (currency, to_usd)
)
select
    b.invoice_id,
    b.org_id,
    b."month" as billed_on,
    b.currency,
    (cast(b.subtotal as decimal(18, 6)) - coalesce(cast(b.credits as decimal(18, 6)), 0))
        * cast(r.to_usd as decimal(18, 6)) as amount_usd
from bills as b
left join rates as r on r.currency = b.currency
