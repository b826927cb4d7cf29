-- A group's names are a history from here on: one that was renamed back goes by its first name again. Contacts that
-- were named by the older rule are named anew, a few in each commit.
UPDATE known_group SET renaming = true
WHERE names_known > 1;
