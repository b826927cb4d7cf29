SELECT coalesce(sum(contacts), 0)::bigint
FROM contact_count
WHERE integration_id = $integration_id AND interval_start >= $start AND interval_start < $end
