-- A report of many downloads is taken in one at a time.

ALTER TABLE backfill_part ADD COLUMN downloads bigint;      -- how many its report has; null = not known yet
ALTER TABLE backfill_part ADD COLUMN downloaded bigint;     -- how many of them are taken in; null = none
