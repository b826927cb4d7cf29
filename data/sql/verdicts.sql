SELECT *
FROM watch
