DELETE FROM person
WHERE person_id = $person_id
