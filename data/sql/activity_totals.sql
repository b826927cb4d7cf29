SELECT *
FROM activity_total
WHERE integration_id = $integration_id
ORDER BY last_at
