UPDATE alert
SET silenced_until = NULL
WHERE closed_at IS NULL
  AND silenced_until > $latest
