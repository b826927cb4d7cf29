SELECT *
FROM injixo_api_key
ORDER BY created_at, key_id
