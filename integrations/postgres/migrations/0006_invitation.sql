-- Experts who are asked for an opinion on a forum's topic, or for a topic of their own. Name and affiliation are personal data.
CREATE TABLE invitations (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL,
    forum_id      uuid REFERENCES forums, -- of an opinion
    status        text NOT NULL DEFAULT 'invited',
    contact_id    uuid NOT NULL REFERENCES contacts,
    name          text NOT NULL,
    affiliation   text NOT NULL,
    lang          text NOT NULL DEFAULT 'ko',
    asked         text NOT NULL,
    invited_by    uuid NOT NULL REFERENCES officials,
    invited_at    timestamptz NOT NULL DEFAULT now(),
    answer_by     timestamptz NOT NULL,
    remind_at     timestamptz, -- NULL once the expert was reminded
    title         text NOT NULL DEFAULT '',
    body          text NOT NULL DEFAULT '',
    stance        text NOT NULL DEFAULT '',
    consent       boolean, -- to publication with name and affiliation; NULL until the expert says
    draft         int NOT NULL DEFAULT 0,
    saved_at      timestamptz,
    submitted_at  timestamptz,
    published_at  timestamptz,
    reason        text NOT NULL DEFAULT '',
    suggestion_id uuid REFERENCES suggestions, -- what an invited suggestion became
    CONSTRAINT invitation_status_known CHECK (status IN ('invited', 'drafted', 'submitted', 'published', 'declined', 'lapsed', 'revoked')),
    CONSTRAINT invitation_kind_known CHECK (kind = 'opinion' AND forum_id IS NOT NULL OR kind = 'suggestion' AND forum_id IS NULL),
    CONSTRAINT published_with_consent CHECK (status <> 'published' OR kind = 'opinion' AND consent IS TRUE)
);
CREATE UNIQUE INDEX one_open_invitation_each ON invitations (contact_id, COALESCE(forum_id, '00000000-0000-0000-0000-000000000000')) WHERE status IN ('invited', 'drafted');
CREATE INDEX invitations_by_forum ON invitations (forum_id, invited_at);

-- Each letter to the expert has a link of its own; only the SHA-256 of its secret is kept.
CREATE TABLE invitation_links (
    secret        bytea PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES invitations
);

-- A topic that can't wait for a round is a document of its own.
ALTER TABLE approvals
    DROP CONSTRAINT approval_noun_known,
    ADD CONSTRAINT approval_noun_known CHECK (noun IN ('dossier', 'response', 'awards', 'analysis', 'extension', 'minutes', 'early_close', 'suspension', 'urgent'));
INSERT INTO delegations (noun, duty) VALUES ('urgent', 'executive');

-- When a forum's subscribers were told that its close is near.
ALTER TABLE forums ADD COLUMN closing_told_at timestamptz;
