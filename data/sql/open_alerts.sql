SELECT *
FROM alert
WHERE closed_at IS NULL
ORDER BY detected_at, alert_id
