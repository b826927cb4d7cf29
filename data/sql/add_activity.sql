INSERT INTO activity (integration_id, key_id, kind, interval_start, occurrences, first_at, last_at)
VALUES {rows}
ON CONFLICT (integration_id, key_id, kind, interval_start) DO UPDATE SET
    occurrences = activity.occurrences + excluded.occurrences,
    first_at = least(activity.first_at, excluded.first_at),
    last_at = greatest(activity.last_at, excluded.last_at)
