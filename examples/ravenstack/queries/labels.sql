SELECT
    a.account_id,
    a.churn_flag AS flagged,
    count(c.churn_event_id) > 0 AS has_event,
    coalesce(bool_or(s.churn_flag), false) AS lost_subscription
FROM accounts AS a
LEFT JOIN churn_events AS c ON c.account_id = a.account_id
LEFT JOIN subscriptions AS s ON s.account_id = a.account_id
GROUP BY a.account_id, a.churn_flag
