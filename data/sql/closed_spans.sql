SELECT *
FROM closed_span
WHERE integration_id = $integration_id
ORDER BY starts_at, span_id
