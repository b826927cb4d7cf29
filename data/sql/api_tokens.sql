SELECT *
FROM api_token
ORDER BY created_at DESC, token_id
