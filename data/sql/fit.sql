SELECT integration_id, fitted_at, made_by, depends_on, history, ever, lag, model
FROM fit
WHERE integration_id = $integration_id
