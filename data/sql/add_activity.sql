INSERT INTO activity (integration_id, key_id, kind, interval_start, occurrences, first_at, last_at)
SELECT
    unnest($integration_id::text[]), unnest($key_id::text[]), unnest($kind::text[]),
    unnest($interval_start::timestamptz[]), unnest($occurrences::bigint[]), unnest($first_at::timestamptz[]),
    unnest($last_at::timestamptz[])
ON CONFLICT (integration_id, key_id, kind, interval_start) DO UPDATE SET
    occurrences = activity.occurrences + excluded.occurrences,
    first_at = least(activity.first_at, excluded.first_at),
    last_at = greatest(activity.last_at, excluded.last_at)
