SELECT *
FROM activity
WHERE integration_id = $integration_id AND kind = $kind AND interval_start >= $since
ORDER BY interval_start DESC
LIMIT $most
