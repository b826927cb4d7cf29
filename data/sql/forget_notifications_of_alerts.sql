DELETE FROM notification
WHERE (integration_id, alert_id) IN (VALUES {rows})
