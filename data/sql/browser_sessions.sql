SELECT *
FROM browser_session
