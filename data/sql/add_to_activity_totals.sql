INSERT INTO activity_total (integration_id, key_id, kind, first_interval, occurrences, first_at, last_at)
SELECT
    unnest($integration_id::text[]), unnest($key_id::text[]), unnest($kind::text[]),
    unnest($interval_start::timestamptz[]), unnest($occurrences::bigint[]), unnest($first_at::timestamptz[]),
    unnest($last_at::timestamptz[])
ON CONFLICT (integration_id, key_id, kind) DO UPDATE SET
    first_interval = least(activity_total.first_interval, excluded.first_interval),
    occurrences = activity_total.occurrences + excluded.occurrences,
    first_at = least(activity_total.first_at, excluded.first_at),
    last_at = greatest(activity_total.last_at, excluded.last_at)
