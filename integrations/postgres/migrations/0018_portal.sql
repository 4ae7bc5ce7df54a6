-- What somebody signed in sees of their own: opinions and votes by their keys, the rest by their contact. Only the key is
-- indexed, so that a changed vote stays in its place.
CREATE INDEX votes_by_voter ON votes (voter);
CREATE INDEX opinions_by_author ON opinions (author);
CREATE INDEX opinions_by_contact ON opinions (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX suggestions_by_contact ON suggestions (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX supports_by_voter ON supports (voter);

-- A child under fourteen who wants news of what it wrote: its address waits here, unused, for its guardian's consent.
CREATE TABLE guardian_consents (
    id          uuid PRIMARY KEY,
    noun        text NOT NULL,
    subject_id  uuid NOT NULL CONSTRAINT one_guardian_per_text UNIQUE, -- the opinion or the suggestion
    child_email text NOT NULL, -- empty once it is answered: kept as a contact, or nowhere
    guardian_id uuid NOT NULL REFERENCES contacts,
    lang        text NOT NULL DEFAULT 'ko',
    secret      bytea NOT NULL CONSTRAINT one_guardian_per_secret UNIQUE, -- SHA-256 of the mailed link's key
    asked_at    timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    answered_at timestamptz,
    consented   boolean,
    CONSTRAINT guardian_noun_known CHECK (noun IN ('opinion', 'suggestion')),
    CONSTRAINT guardian_answer_whole CHECK ((answered_at IS NULL) = (consented IS NULL)),
    CONSTRAINT guardian_answer_empties CHECK (answered_at IS NULL OR child_email = '')
);
CREATE INDEX guardian_consents_open ON guardian_consents (expires_at) WHERE answered_at IS NULL;
