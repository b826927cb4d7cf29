DELETE FROM contact
WHERE resolved_at BETWEEN ? AND ? -- what lies outside need not be looked through
    AND (integration_id, chat_id, resolved_at) IN (SELECT * FROM (VALUES {rows}) AS gone (integration_id, chat_id, resolved_at))
