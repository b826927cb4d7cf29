UPDATE queue_total SET
    contacts = contacts + $contacts,
    first_contacts = first_contacts + $first_contacts,
    pushed_contacts = pushed_contacts + $pushed_contacts,
    first_resolved_at = least(first_resolved_at, $first_resolved_at),
    last_resolved_at = greatest(last_resolved_at, $last_resolved_at),
    first_pushed_at = least(first_pushed_at, $first_pushed_at),
    last_pushed_at = greatest(last_pushed_at, $last_pushed_at),
    pushed_from = least(pushed_from, $pushed_from),
    pushed_until = greatest(pushed_until, $pushed_until)
WHERE integration_id = $integration_id AND queue = $queue
