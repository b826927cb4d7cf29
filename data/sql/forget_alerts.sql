DELETE FROM alert
WHERE (integration_id, alert_id) IN (VALUES {rows})
