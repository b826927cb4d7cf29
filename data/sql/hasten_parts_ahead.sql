UPDATE backfill_part
SET due_at = $now,
    reported_at = CASE WHEN reported_at > $now THEN $now ELSE reported_at END
WHERE state IN ('pending', 'reported')
  AND (due_at > $latest OR reported_at > $now)
