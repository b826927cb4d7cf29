SELECT integration_id, queue, interval_start, pushed_contacts AS contacts
FROM contact_count
WHERE integration_id = $integration_id AND pushed_contacts > 0
    AND interval_start >= $start AND interval_start < $end
