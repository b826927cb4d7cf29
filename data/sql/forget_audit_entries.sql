DELETE FROM audit_entry
WHERE done_at < $before
