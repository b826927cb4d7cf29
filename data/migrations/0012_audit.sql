-- Who did what, when and from where. Rows are added, and removed when they are older than is kept; never changed.
CREATE TABLE audit_entry (
    integration_id text NOT NULL,             -- empty: about none of them
    entry_id       text NOT NULL,
    done_at        timestamptz NOT NULL,
    person_id      text NOT NULL,
    who            text NOT NULL,             -- the name at that time
    role           text NOT NULL,
    address        text NOT NULL,             -- where it was asked from; empty = not known
    action         text NOT NULL,
    subject        text NOT NULL,             -- the key, person, token or span that it is about; empty = none
    before         text NOT NULL,             -- JSON object of what was changed; no secrets
    after          text NOT NULL,
    PRIMARY KEY (integration_id, entry_id)
);
