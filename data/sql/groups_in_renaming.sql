SELECT *
FROM known_group
WHERE renaming
ORDER BY group_key
