SELECT *
FROM alert
WHERE integration_id = $integration_id
ORDER BY detected_at DESC, alert_id
