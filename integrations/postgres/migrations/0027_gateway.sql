-- Who signs in through the city's gateway has no address here, only a keyed hash of the name by which the gateway knows them.
ALTER TABLE contacts
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN subject bytea CONSTRAINT one_contact_per_subject UNIQUE;

-- What the gateway has said is taken once: a row per assertion, until it wouldn't be taken any more anyway.
CREATE TABLE assertions (
    nonce      bytea NOT NULL CONSTRAINT one_session_per_assertion PRIMARY KEY, -- hashed
    expires_at timestamptz NOT NULL
);
CREATE INDEX assertions_over ON assertions (expires_at);
