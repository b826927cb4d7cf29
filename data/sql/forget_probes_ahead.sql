DELETE FROM probe
WHERE probed_at > $now
