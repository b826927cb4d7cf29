SELECT queue, interval_start, contacts, first_contacts, pushed_contacts
FROM contact_count
WHERE integration_id = $integration_id AND contacts > 0
    AND interval_start >= $start AND interval_start < $end
