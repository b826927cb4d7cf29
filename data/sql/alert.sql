SELECT *
FROM alert
WHERE integration_id = $integration_id AND alert_id = $alert_id
