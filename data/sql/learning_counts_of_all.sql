SELECT integration_id, queue, interval_start, contacts
FROM contact_count
WHERE integration_id BETWEEN $first AND $last
    AND contacts > 0 AND interval_start >= $start AND interval_start < $end
ORDER BY integration_id
