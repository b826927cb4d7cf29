DELETE FROM closed_span
WHERE integration_id = $integration_id AND span_id = $span_id
