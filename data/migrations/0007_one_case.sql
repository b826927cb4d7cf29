-- A chat in capitals is the same chat: on arrival, ids that are UUIDs are written small since. What stands here in
-- capitals follows, so that a report that comes again, or a backfill, finds it. A chat that stands under several
-- spellings already was counted under each; which of those contacts are the same cannot be told by a statement, so
-- they stay as they were counted.

UPDATE chat
SET chat_key = integration_id || '/' || lower(substr(chat_key, length(integration_id) + 2))
WHERE substr(chat_key, length(integration_id) + 2)
          SIMILAR TO '[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}'
  AND substr(chat_key, length(integration_id) + 2) <> lower(substr(chat_key, length(integration_id) + 2))
  AND (
      SELECT count(*) FROM chat AS spelling
      WHERE spelling.integration_id = chat.integration_id AND lower(spelling.chat_key) = lower(chat.chat_key)
  ) = 1;

-- Contacts and look-ups follow the chats that have moved: those whose own spelling is gone.
UPDATE contact
SET chat_id = lower(chat_id)
WHERE chat_id <> lower(chat_id)
  AND NOT EXISTS (SELECT 1 FROM chat WHERE chat.chat_key = contact.integration_id || '/' || contact.chat_id)
  AND EXISTS (SELECT 1 FROM chat WHERE chat.chat_key = contact.integration_id || '/' || lower(contact.chat_id));

UPDATE group_look_up
SET chat_id = lower(chat_id)
WHERE chat_id <> lower(chat_id)
  AND NOT EXISTS (
      SELECT 1 FROM chat WHERE chat.chat_key = group_look_up.integration_id || '/' || group_look_up.chat_id
  )
  AND EXISTS (
      SELECT 1 FROM chat WHERE chat.chat_key = group_look_up.integration_id || '/' || lower(group_look_up.chat_id)
  );
