-- Why the configuration is as it is, as a code: its words belong to whoever shows it.
ALTER TABLE integration ADD COLUMN configuration_reason text;
