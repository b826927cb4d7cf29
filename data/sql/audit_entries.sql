SELECT *
FROM audit_entry
WHERE done_at >= $start AND done_at < $end
ORDER BY done_at DESC, entry_id DESC
LIMIT $most
