SELECT s.account_id, u.usage_date, s.start_date, u.feature_name, u.usage_count, u.error_count
FROM feature_usage AS u
JOIN subscriptions AS s ON s.subscription_id = u.subscription_id
