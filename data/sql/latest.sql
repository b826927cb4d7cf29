SELECT
    integration_id, max(last_resolved_at), max(last_pushed_at), min(first_resolved_at), min(first_pushed_at),
    min(pushed_from), max(pushed_until), CAST(sum(contacts) AS bigint), CAST(sum(pushed_contacts) AS bigint)
FROM queue_total
WHERE integration_id = $integration_id
GROUP BY integration_id
