MERGE INTO contact_count
USING (
    SELECT
        unnest($integration_id::text[]) AS integration_id, unnest($queue::text[]) AS queue,
        unnest($interval_start::timestamptz[]) AS interval_start, unnest($contacts::bigint[]) AS contacts,
        unnest($first_contacts::bigint[]) AS first_contacts, unnest($pushed_contacts::bigint[]) AS pushed_contacts
) AS coming
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
