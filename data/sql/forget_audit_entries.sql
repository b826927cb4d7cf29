DELETE FROM audit_entry
WHERE (integration_id, entry_id) IN (
    SELECT integration_id, entry_id
    FROM audit_entry
    WHERE done_at < $before
    ORDER BY done_at
    LIMIT $most
)
