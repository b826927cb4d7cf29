-- One source queue may move to other hours while the others keep to theirs: whose span it is, null = of all.
ALTER TABLE closed_span ADD COLUMN queue text;
