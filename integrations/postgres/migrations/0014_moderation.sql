-- Moderation: reasons as codes, reports of citizens, appeals of authors, one moderator at a time, many opinions at once and back.

-- Why an opinion is hidden, as a code; reason keeps what the moderator wrote beside it. Why it was held on arrival: the kinds of
-- personal data that were found in it, never the data. When a moderator last looked: what was there before this release counts as
-- looked at where its forum is over.
ALTER TABLE opinions
    ADD COLUMN reason_code text NOT NULL DEFAULT '',
    ADD COLUMN held_for    text NOT NULL DEFAULT '',
    ADD COLUMN seen_at     timestamptz,
    ADD CONSTRAINT opinion_reason_code_known CHECK (reason_code IN
        ('', 'off_topic', 'personal_data', 'insult', 'advertising', 'duplicate', 'unlawful', 'other'));
UPDATE opinions o SET seen_at = o.accepted_at FROM forums f WHERE f.id = o.forum_id AND f.status NOT IN ('open', 'suspended');
CREATE INDEX opinions_unseen ON opinions (accepted_at, id) WHERE status = 'published' AND seen_at IS NULL;

-- The trail says with which code, and in which batch.
CREATE TABLE moderation_batches (
    id          uuid PRIMARY KEY,
    official_id uuid NOT NULL REFERENCES officials,
    made_at     timestamptz NOT NULL DEFAULT now(),
    answer      text NOT NULL,
    code        text NOT NULL DEFAULT '',
    reason      text NOT NULL DEFAULT '',
    opinions    uuid[] NOT NULL, -- those that were picked; the trail has what became of each
    undone_at   timestamptz,
    undone_by   uuid REFERENCES officials,
    undo_reason text NOT NULL DEFAULT '',
    CONSTRAINT batch_answer_known CHECK (answer IN ('published', 'hidden', 'seen')),
    CONSTRAINT batch_undone_by_somebody CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
ALTER TABLE audit
    ADD COLUMN code     text NOT NULL DEFAULT '',
    ADD COLUMN batch_id uuid REFERENCES moderation_batches;
CREATE INDEX audit_by_batch ON audit (batch_id) WHERE batch_id IS NOT NULL;

-- What citizens report. The reporter is a key of the forum's, as a voter is.
CREATE TABLE opinion_reports (
    opinion_id  uuid NOT NULL REFERENCES opinions,
    reporter    bytea NOT NULL,
    code        text NOT NULL,
    words       text NOT NULL DEFAULT '',
    reported_at timestamptz NOT NULL DEFAULT now(),
    settled_by  bigint REFERENCES audit, -- the moderator's answer; NULL: it waits for one
    CONSTRAINT one_report_each PRIMARY KEY (opinion_id, reporter),
    CONSTRAINT report_code_known CHECK (code IN ('off_topic', 'personal_data', 'insult', 'advertising', 'duplicate', 'unlawful', 'other')),
    CONSTRAINT report_words_length CHECK (char_length(words) <= 1000)
);
CREATE INDEX opinion_reports_open ON opinion_reports (opinion_id, reported_at) WHERE settled_by IS NULL;

-- An author's appeal against one hiding, which is a row of the trail.
CREATE TABLE opinion_appeals (
    id          uuid PRIMARY KEY,
    opinion_id  uuid NOT NULL REFERENCES opinions,
    hiding      bigint NOT NULL REFERENCES audit,
    words       text NOT NULL,
    appealed_at timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL DEFAULT 'open',
    settled_by  bigint REFERENCES audit,
    CONSTRAINT one_appeal_per_hiding UNIQUE (opinion_id, hiding),
    CONSTRAINT appeal_status_known CHECK (status IN ('open', 'upheld', 'dismissed')),
    CONSTRAINT appeal_settled_by_somebody CHECK ((status = 'open') = (settled_by IS NULL)),
    CONSTRAINT appeal_words_length CHECK (char_length(words) BETWEEN 2 AND 1000)
);
CREATE INDEX opinion_appeals_open ON opinion_appeals (appealed_at) WHERE status = 'open';

-- Who works on an opinion, until when: another moderator takes it over in so many words or waits.
CREATE TABLE moderation_locks (
    opinion_id  uuid CONSTRAINT one_moderator_at_a_time PRIMARY KEY REFERENCES opinions,
    official_id uuid NOT NULL REFERENCES officials,
    since       timestamptz NOT NULL DEFAULT now(),
    until       timestamptz NOT NULL
);
