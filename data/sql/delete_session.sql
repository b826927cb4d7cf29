DELETE FROM browser_session
WHERE session_hash = $session_hash
