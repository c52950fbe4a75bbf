-- Each invoice with its dates as dates, and how much slower it was paid than this customer used to pay: against the mean of
-- all payments that had come in before the day of this one, so that no payment is held against a later one.
with invoices_read as (
    select
        customerID as customer_id,
        invoiceNumber as invoice,
        countryCode as country,
        cast(InvoiceAmount as decimal(18, 2)) as amount,
        cast(strptime(InvoiceDate, '%m/%d/%Y') as date) as issued_on,
        cast(strptime(DueDate, '%m/%d/%Y') as date) as due_on,
        cast(strptime(SettledDate, '%m/%d/%Y') as date) as settled_on,
        cast(strptime(PaperlessDate, '%m/%d/%Y') as date) as paperless_from,
        DaysToSettle as days_to_pay,
        DaysLate as days_late,
        Disputed = 'Yes' as disputed,
        PaperlessBill = 'Electronic' as paperless
    from invoices
)
select
    *,
    due_on - issued_on as term_days,
    days_to_pay - avg(days_to_pay) over (
        partition by customer_id
        order by settled_on
        range between unbounded preceding and interval 1 day preceding
    ) as slower_by
from invoices_read
