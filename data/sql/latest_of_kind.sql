SELECT integration_id, key_id, kind, interval_start, occurrences, first_at, last_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY integration_id ORDER BY interval_start DESC, key_id) AS place
    FROM activity
    WHERE integration_id = $integration_id AND kind = $kind AND interval_start >= $since
) AS numbered
WHERE place <= $most
ORDER BY integration_id, place
