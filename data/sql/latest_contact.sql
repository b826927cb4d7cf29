SELECT
    max(resolved_at),
    max(pushed_at),
    min(resolved_at),
    min(pushed_at)
FROM contact
WHERE integration_id = $integration_id
