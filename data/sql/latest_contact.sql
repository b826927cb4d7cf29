SELECT
    max(resolved_at),
    max(received_at) FILTER (WHERE reporter <> 'backfill'),
    min(resolved_at)
FROM contact
WHERE integration_id = $integration_id
