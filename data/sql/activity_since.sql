SELECT *
FROM activity
WHERE integration_id = $integration_id AND interval_start >= $since
ORDER BY interval_start, key_id, kind
