SELECT queue, sum(contacts)::bigint AS contacts, min(interval_start), max(interval_start)
FROM contact_count
WHERE integration_id = $integration_id AND contacts > 0
GROUP BY queue
ORDER BY queue
