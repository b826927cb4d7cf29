-- Who may sign in. Nothing else is stored of a person.
CREATE TABLE person (
    person_id          text NOT NULL,
    name               text NOT NULL,         -- the e-mail address, or what the provider calls them; lower case
    role               text NOT NULL,         -- supervisor | support | admin
    told_by            text NOT NULL,         -- list: an admin said so; provider: its claim says so at each sign-in
    integrations       text,                  -- JSON list of ids; null = all
    password_hash      text,                  -- argon2id; null = none yet, or signs in elsewhere
    invitation_hash    text,                  -- SHA-256 of the link's secret; null = none is open
    invitation_ends_at timestamptz,
    created_at         timestamptz NOT NULL,
    created_by         text NOT NULL,
    signed_in_at       timestamptz,
    PRIMARY KEY (person_id)
);

-- Browsers that are signed in. Only the hash of what their cookie holds is stored.
CREATE TABLE browser_session (
    session_hash text NOT NULL,
    person_id    text NOT NULL,
    way          text NOT NULL,               -- accounts | oidc
    began_at     timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,        -- the last sign of somebody before the screen, to some minutes
    PRIMARY KEY (session_hash)
);

-- Tokens of the admin API beside the setting's. Shown once; only their hash is stored.
CREATE TABLE api_token (
    token_hash   text NOT NULL,
    token_id     text NOT NULL,
    name         text NOT NULL,
    role         text NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    ends_at      timestamptz,                 -- null = never
    last_used_at timestamptz,                 -- to some minutes
    PRIMARY KEY (token_hash)
);
