DELETE FROM browser_session
WHERE person_id = $person_id
