-- Whose word somebody comes by, where several providers are asked: the provider's name in the settings; null = anybody's.
ALTER TABLE person ADD COLUMN provider text;
