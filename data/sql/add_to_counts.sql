INSERT INTO contact_count (integration_id, queue, interval_start, contacts, first_contacts, pushed_contacts)
VALUES {rows}
ON CONFLICT (integration_id, queue, interval_start) DO UPDATE SET
    contacts = contact_count.contacts + excluded.contacts,
    first_contacts = contact_count.first_contacts + excluded.first_contacts,
    pushed_contacts = contact_count.pushed_contacts + excluded.pushed_contacts
