DELETE FROM browser_session
WHERE began_at < $began_before OR seen_at < $seen_before
