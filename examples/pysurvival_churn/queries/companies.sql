-- The export names no company, so each row gets the number of its place in an order of all columns (no two rows are equal).
select
    row_number() over (
        order by
            product_data_storage, product_travel_expense, product_payroll, product_accounting, csat_score, articles_viewed,
            smartphone_notifications_viewed, marketing_emails_clicked, social_media_ads_viewed, minutes_customer_support,
            company_size, us_region, months_active, churned
    ) as company_id,
    *
from churn
