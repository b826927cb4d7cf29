DELETE FROM day_seal
WHERE compared_at > $now
   OR (compared_at IS NULL AND next_at > $now)
