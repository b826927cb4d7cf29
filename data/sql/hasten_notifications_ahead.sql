UPDATE notification
SET next_try_at = $now
WHERE state IN ('waiting', 'failed')
  AND next_try_at > $now
  AND (created_at > $now OR (state = 'failed' AND next_try_at > $latest))
