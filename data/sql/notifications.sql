SELECT *
FROM notification
WHERE integration_id = $integration_id AND alert_id = $alert_id
ORDER BY created_at, notification_id
