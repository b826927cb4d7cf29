INSERT INTO queue_total (
    integration_id, queue, contacts, first_contacts, pushed_contacts, first_resolved_at, last_resolved_at,
    first_pushed_at, last_pushed_at, pushed_from, pushed_until
)
SELECT
    unnest($integration_id::text[]), unnest($queue::text[]), unnest($contacts::bigint[]),
    unnest($first_contacts::bigint[]), unnest($pushed_contacts::bigint[]),
    unnest($first_resolved_at::timestamptz[]), unnest($last_resolved_at::timestamptz[]),
    unnest($first_pushed_at::timestamptz[]), unnest($last_pushed_at::timestamptz[]),
    unnest($pushed_from::timestamptz[]), unnest($pushed_until::timestamptz[])
ON CONFLICT (integration_id, queue) DO UPDATE SET
    contacts = queue_total.contacts + excluded.contacts,
    first_contacts = queue_total.first_contacts + excluded.first_contacts,
    pushed_contacts = queue_total.pushed_contacts + excluded.pushed_contacts,
    first_resolved_at = least(queue_total.first_resolved_at, excluded.first_resolved_at),
    last_resolved_at = greatest(queue_total.last_resolved_at, excluded.last_resolved_at),
    first_pushed_at = least(queue_total.first_pushed_at, excluded.first_pushed_at),
    last_pushed_at = greatest(queue_total.last_pushed_at, excluded.last_pushed_at),
    pushed_from = least(queue_total.pushed_from, excluded.pushed_from),
    pushed_until = greatest(queue_total.pushed_until, excluded.pushed_until)
