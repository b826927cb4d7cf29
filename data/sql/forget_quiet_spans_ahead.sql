DELETE FROM closed_span
WHERE kind = 'quiet'
  AND ends_at > $now
