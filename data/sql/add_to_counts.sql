MERGE INTO contact_count
USING (VALUES {rows}) AS coming (integration_id, queue, interval_start, contacts, first_contacts, pushed_contacts)
    ON contact_count.integration_id = coming.integration_id AND contact_count.queue = coming.queue
        AND contact_count.interval_start = coming.interval_start
WHEN MATCHED THEN UPDATE SET
    contacts = contact_count.contacts + coming.contacts,
    first_contacts = contact_count.first_contacts + coming.first_contacts,
    pushed_contacts = contact_count.pushed_contacts + coming.pushed_contacts
WHEN NOT MATCHED THEN INSERT VALUES (
    coming.integration_id, coming.queue, coming.interval_start, coming.contacts, coming.first_contacts,
    coming.pushed_contacts
)
