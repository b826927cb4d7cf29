SELECT
    queue, sum(contacts)::bigint AS contacts, min(interval_start), max(interval_start),
    sum(first_contacts)::bigint AS first_contacts
FROM contact_count
WHERE integration_id = $integration_id AND contacts > 0
GROUP BY queue
ORDER BY queue
