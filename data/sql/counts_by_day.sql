SELECT
    queue,
    floor((extract(epoch FROM interval_start) - extract(epoch FROM $start::timestamptz)) / 86400)::bigint AS day,
    sum(contacts)::bigint AS contacts,
    sum(first_contacts)::bigint AS first_contacts
FROM contact_count
WHERE integration_id = $integration_id AND contacts > 0
    AND interval_start >= $start AND interval_start < $end
GROUP BY 1, 2
