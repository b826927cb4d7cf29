DELETE FROM contact
WHERE (integration_id, chat_id, resolved_at) IN (SELECT * FROM (VALUES {rows}) AS gone (integration_id, chat_id, resolved_at))
