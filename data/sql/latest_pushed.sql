SELECT integration_id, resolved_at, pushed_at
FROM (
    SELECT
        integration_id,
        resolved_at,
        pushed_at,
        row_number() OVER (PARTITION BY integration_id ORDER BY pushed_at DESC, resolved_at) AS place
    FROM contact
    WHERE integration_id = $integration_id AND pushed_at >= $since
) AS numbered
WHERE place <= $most
ORDER BY integration_id, place
