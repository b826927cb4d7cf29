UPDATE contact_count SET
    contacts = contacts + $contacts,
    first_contacts = first_contacts + $first_contacts,
    pushed_contacts = pushed_contacts + $pushed_contacts
WHERE integration_id = $integration_id AND queue = $queue AND interval_start = $interval_start
