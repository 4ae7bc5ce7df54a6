-- The city's facts. Constraints have names, and names have meanings: integrations/postgres turns a violated one into the
-- rule's refusal. Instants are timestamptz; ids are UUIDv7 made in Go; numbers that people read come from sequences.

-- The number that people read, 2026-001284: the city's year and a serial of at least so many digits.
CREATE FUNCTION shown_number(serial bigint, made_at timestamptz, digits int) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN extract(year FROM made_at AT TIME ZONE 'Asia/Seoul')::int::text || '-' || lpad(serial::text, greatest(digits, length(serial::text)), '0');

-- People and units as the directory knows them, cached.
CREATE TABLE departments (
    code    text PRIMARY KEY,
    name    text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    parent  text NOT NULL DEFAULT ''
);

CREATE TABLE officials (
    id         uuid PRIMARY KEY,
    uid        text NOT NULL CONSTRAINT one_official_per_login UNIQUE,
    name       text NOT NULL,
    name_en    text NOT NULL DEFAULT '',
    title      text NOT NULL DEFAULT '',
    title_en   text NOT NULL DEFAULT '',
    department text NOT NULL DEFAULT '',
    email      text NOT NULL DEFAULT '',
    phone      text NOT NULL DEFAULT '',
    superior   uuid REFERENCES officials DEFERRABLE INITIALLY DEFERRED,
    substitute uuid REFERENCES officials DEFERRABLE INITIALLY DEFERRED,
    absent     boolean NOT NULL DEFAULT false,
    duties     text[] NOT NULL DEFAULT '{}',
    seen_at    timestamptz NOT NULL DEFAULT now(),
    left_at    timestamptz
);
CREATE INDEX officials_by_department ON officials (department);

CREATE TABLE holidays (
    day  date PRIMARY KEY,
    name text NOT NULL
);

-- Addresses live here and nowhere else; everything else points to them by id.
CREATE TABLE contacts (
    id           uuid PRIMARY KEY,
    email        text NOT NULL CONSTRAINT one_contact_per_address UNIQUE,
    lang         text NOT NULL DEFAULT 'ko',
    created_at   timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    bad_at       timestamptz
);

CREATE TABLE session_codes (
    id         uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts,
    code_hash  bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    tries      int NOT NULL DEFAULT 0,
    used_at    timestamptz
);
CREATE INDEX session_codes_by_contact ON session_codes (contact_id, created_at DESC);

CREATE TABLE citizen_sessions (
    token_hash bytea PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

-- Staff sessions, as alexedwards/scs keeps them.
CREATE TABLE sessions (
    token  text PRIMARY KEY,
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE TABLE idempotency_keys (
    scope      bytea NOT NULL,
    key        text NOT NULL,
    body       bytea NOT NULL,
    answer     jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT one_answer_per_key PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Topics.
CREATE SEQUENCE suggestion_numbers;
CREATE TABLE suggestions (
    id           uuid PRIMARY KEY,
    number       bigint NOT NULL DEFAULT nextval('suggestion_numbers'),
    track        text NOT NULL DEFAULT 'general',
    kind         text NOT NULL DEFAULT 'citizen',
    status       text NOT NULL DEFAULT 'submitted',
    title        text NOT NULL,
    text         text NOT NULL,
    pseudonym    text NOT NULL DEFAULT '',
    lang         text NOT NULL DEFAULT 'ko',
    contact_id   uuid REFERENCES contacts,
    official_id  uuid REFERENCES officials,
    receipt      text NOT NULL CONSTRAINT one_suggestion_per_receipt UNIQUE,
    salt         bytea NOT NULL,
    submitted_at timestamptz NOT NULL,
    due          timestamptz,
    reason       text NOT NULL DEFAULT '',
    merged_into  uuid REFERENCES suggestions,
    CONSTRAINT suggestion_status_known CHECK (status IN ('submitted', 'accepted', 'merged', 'transferred', 'rejected', 'shortlisted', 'selected', 'not_selected', 'withdrawn')),
    CONSTRAINT suggestion_track_known CHECK (track IN ('general', 'youth')),
    CONSTRAINT suggestion_not_merged_into_itself CHECK (merged_into <> id)
);
CREATE INDEX suggestions_by_status ON suggestions (status, submitted_at DESC);

CREATE TABLE supports (
    suggestion_id uuid NOT NULL REFERENCES suggestions,
    voter         bytea NOT NULL,
    stands        boolean NOT NULL,
    accepted_at   timestamptz NOT NULL,
    carried_from  uuid REFERENCES suggestions,
    CONSTRAINT one_support_each PRIMARY KEY (suggestion_id, voter)
);
CREATE TABLE support_changes (
    id            uuid PRIMARY KEY,
    n             bigint GENERATED ALWAYS AS IDENTITY, -- drawn under the support's row lock: the last one counts
    suggestion_id uuid NOT NULL REFERENCES suggestions,
    voter         bytea NOT NULL,
    stands        boolean NOT NULL,
    accepted_at   timestamptz NOT NULL,
    salt          bytea NOT NULL,
    imported      boolean NOT NULL DEFAULT false -- its proof is the suggestion's import leaf
);
CREATE INDEX support_changes_by_time ON support_changes (accepted_at);
CREATE INDEX support_changes_by_suggestion ON support_changes (suggestion_id);
CREATE TABLE support_counts (
    suggestion_id uuid PRIMARY KEY REFERENCES suggestions,
    supports      int NOT NULL
);

CREATE TABLE rounds (
    id          uuid PRIMARY KEY,
    track       text NOT NULL,
    month       text NOT NULL,
    status      text NOT NULL DEFAULT 'open',
    opened_at   timestamptz NOT NULL DEFAULT now(),
    deadline    timestamptz NOT NULL,
    decided_at  timestamptz,
    recorded_at timestamptz,
    CONSTRAINT one_round_a_month UNIQUE (track, month),
    CONSTRAINT round_status_known CHECK (status IN ('open', 'scoring', 'decided', 'recorded'))
);
CREATE TABLE round_suggestions (
    round_id      uuid NOT NULL REFERENCES rounds,
    suggestion_id uuid NOT NULL REFERENCES suggestions,
    shortlisted   boolean NOT NULL DEFAULT false,
    chosen        boolean NOT NULL DEFAULT false,
    reason        text NOT NULL DEFAULT '',
    CONSTRAINT one_place_in_a_round PRIMARY KEY (round_id, suggestion_id)
);
CREATE TABLE round_scores (
    round_id      uuid NOT NULL,
    suggestion_id uuid NOT NULL,
    official_id   uuid NOT NULL REFERENCES officials,
    score         int,
    conflict      boolean NOT NULL DEFAULT false,
    scored_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT one_score_each PRIMARY KEY (round_id, suggestion_id, official_id),
    CONSTRAINT score_of_a_candidate FOREIGN KEY (round_id, suggestion_id) REFERENCES round_suggestions,
    CONSTRAINT score_or_conflict CHECK (conflict = (score IS NULL)),
    CONSTRAINT score_in_range CHECK (score BETWEEN 1 AND 5)
);

CREATE SEQUENCE forum_numbers;
CREATE TABLE forums (
    id            uuid PRIMARY KEY,
    number        bigint NOT NULL DEFAULT nextval('forum_numbers'),
    status        text NOT NULL DEFAULT 'selected',
    track         text NOT NULL DEFAULT 'general',
    lang          text NOT NULL DEFAULT 'ko',
    title         text NOT NULL,
    title_en      text NOT NULL DEFAULT '',
    summary       text NOT NULL DEFAULT '',
    summary_en    text NOT NULL DEFAULT '',
    identity      text NOT NULL DEFAULT 'email',
    moderation    text NOT NULL DEFAULT 'after',
    department    text NOT NULL DEFAULT '',
    suggestion_id uuid CONSTRAINT one_forum_per_suggestion UNIQUE REFERENCES suggestions,
    round_id      uuid REFERENCES rounds,
    opens_at      timestamptz,
    closes_at     timestamptz,
    suspended_at  timestamptz,
    closed_at     timestamptz, -- when the counts were frozen
    reason        text NOT NULL DEFAULT '',
    voter_key     text NOT NULL, -- the id of the HMAC key, fixed for the forum's life
    imported      boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT forum_status_known CHECK (status IN ('selected', 'assigning', 'preparing', 'scheduled', 'open', 'suspended', 'closed', 'analysing', 'awarding', 'responding', 'published', 'following', 'archived', 'withdrawn')),
    CONSTRAINT forum_period_in_order CHECK (closes_at > opens_at),
    CONSTRAINT forum_identity_known CHECK (identity IN ('email', 'device', 'sso')),
    CONSTRAINT forum_moderation_known CHECK (moderation IN ('after', 'before')),
    CONSTRAINT forum_period_when_scheduled CHECK (status IN ('selected', 'assigning', 'preparing', 'withdrawn') OR (opens_at IS NOT NULL AND closes_at IS NOT NULL))
);
CREATE INDEX forums_by_status ON forums (status, closes_at);

CREATE TABLE assignments (
    forum_id    uuid PRIMARY KEY REFERENCES forums,
    status      text NOT NULL DEFAULT 'proposed',
    department  text NOT NULL REFERENCES departments,
    addressee   uuid REFERENCES officials,
    reason      text NOT NULL DEFAULT '',
    proposed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT assignment_status_known CHECK (status IN ('proposed', 'accepted', 'transferred', 'escalated'))
);

CREATE TABLE dossiers (
    forum_id         uuid PRIMARY KEY REFERENCES forums,
    status           text NOT NULL DEFAULT 'draft',
    version          int NOT NULL DEFAULT 0,
    approved_version int NOT NULL DEFAULT 0,
    CONSTRAINT dossier_status_known CHECK (status IN ('draft', 'complete', 'submitted', 'returned', 'approved', 'amended')),
    CONSTRAINT dossier_approved_exists CHECK (approved_version <= version)
);
CREATE TABLE dossier_versions (
    forum_id uuid NOT NULL REFERENCES forums,
    version  int NOT NULL,
    items    jsonb NOT NULL,
    sha256   text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    saved_by uuid REFERENCES officials,
    CONSTRAINT one_dossier_version PRIMARY KEY (forum_id, version)
);

CREATE TABLE approvals (
    id         uuid PRIMARY KEY,
    noun       text NOT NULL,
    subject_id uuid NOT NULL,
    title      text NOT NULL,
    department text NOT NULL DEFAULT '',
    status     text NOT NULL DEFAULT 'drafted',
    version    int NOT NULL DEFAULT 1,
    sha256     text NOT NULL,
    content    text NOT NULL, -- the exact text that sha256 is of
    drafter    uuid NOT NULL REFERENCES officials,
    drafted_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    reason     text NOT NULL DEFAULT '',
    document   text CONSTRAINT one_document_per_number UNIQUE,
    CONSTRAINT approval_status_known CHECK (status IN ('drafted', 'in_review', 'approved', 'returned', 'recalled', 'voided')),
    CONSTRAINT approval_noun_known CHECK (noun IN ('dossier', 'response', 'awards', 'analysis', 'extension', 'minutes')),
    CONSTRAINT approved_has_a_number CHECK ((status = 'approved') = (document IS NOT NULL))
);
CREATE UNIQUE INDEX one_approval_in_review ON approvals (noun, subject_id) WHERE status IN ('drafted', 'in_review');
CREATE INDEX approvals_by_subject ON approvals (subject_id, drafted_at DESC);
CREATE TABLE approval_signers (
    approval_id uuid NOT NULL REFERENCES approvals,
    ord         int NOT NULL,
    role        text NOT NULL,
    official_id uuid NOT NULL REFERENCES officials,
    status      text NOT NULL DEFAULT 'waiting',
    signed_at   timestamptz,
    signed_by   uuid REFERENCES officials, -- the substitute, where one signed
    comment     text NOT NULL DEFAULT '',
    CONSTRAINT one_signer_per_place PRIMARY KEY (approval_id, ord),
    CONSTRAINT signer_role_known CHECK (role IN ('reviewer', 'consulted', 'approver')),
    CONSTRAINT signer_status_known CHECK (status IN ('waiting', 'approved', 'returned', 'consulted', 'skipped', 'by_substitute'))
);
-- Document numbers alone are gapless: the row is locked by the approving transaction.
CREATE TABLE document_serials (
    department text NOT NULL,
    year       int NOT NULL,
    last       int NOT NULL,
    PRIMARY KEY (department, year)
);

-- The board.
CREATE SEQUENCE opinion_numbers;
CREATE TABLE opinions (
    id              uuid PRIMARY KEY,
    forum_id        uuid NOT NULL REFERENCES forums,
    number          bigint NOT NULL DEFAULT nextval('opinion_numbers'),
    status          text NOT NULL,
    title           text NOT NULL DEFAULT '',
    text            text NOT NULL,
    pseudonym       text NOT NULL DEFAULT '',
    district        text NOT NULL DEFAULT '',
    lang            text NOT NULL DEFAULT 'ko',
    contact_id      uuid REFERENCES contacts,
    citizen         boolean NOT NULL DEFAULT false, -- posted in a confirmed session
    author          bytea NOT NULL, -- whose browser or account it was, as a key of this forum: counts authors, finds one's own
    dossier_version int NOT NULL DEFAULT 0,
    receipt         text NOT NULL CONSTRAINT one_opinion_per_receipt UNIQUE,
    salt            bytea NOT NULL,
    accepted_at     timestamptz NOT NULL,
    reason          text NOT NULL DEFAULT '',
    answered_by     int, -- the paragraph of the published response, from 0
    CONSTRAINT opinion_status_known CHECK (status IN ('held', 'published', 'hidden', 'withdrawn')),
    CONSTRAINT opinion_text_length CHECK (char_length(text) BETWEEN 1 AND 4000),
    CONSTRAINT opinion_title_length CHECK (char_length(title) <= 500)
);
CREATE INDEX opinions_by_forum ON opinions (forum_id, accepted_at);
CREATE INDEX opinions_by_time ON opinions (accepted_at);
CREATE INDEX opinions_waiting ON opinions (forum_id) WHERE status = 'held';

CREATE TABLE votes (
    opinion_id  uuid NOT NULL REFERENCES opinions,
    voter       bytea NOT NULL,
    choice      smallint NOT NULL,
    accepted_at timestamptz NOT NULL,
    CONSTRAINT one_vote_each PRIMARY KEY (opinion_id, voter),
    CONSTRAINT choice_known CHECK (choice IN (-1, 0, 1))
);
CREATE TABLE vote_changes (
    id          uuid PRIMARY KEY,
    n           bigint GENERATED ALWAYS AS IDENTITY, -- drawn under the vote's row lock: the last one counts, whatever the clocks say
    opinion_id  uuid NOT NULL REFERENCES opinions,
    voter       bytea NOT NULL,
    choice      smallint NOT NULL,
    accepted_at timestamptz NOT NULL,
    salt        bytea NOT NULL,
    imported    boolean NOT NULL DEFAULT false -- its proof is the opinion's import leaf
);
CREATE INDEX vote_changes_by_time ON vote_changes (accepted_at);
CREATE INDEX vote_changes_by_opinion ON vote_changes (opinion_id);

CREATE TABLE hits (
    forum_id uuid NOT NULL REFERENCES forums,
    visitor  bytea NOT NULL,
    seen_at  timestamptz NOT NULL,
    CONSTRAINT one_hit_at_a_time PRIMARY KEY (forum_id, visitor, seen_at)
);
CREATE INDEX hits_by_time ON hits (seen_at);

-- Shown tallies, derived in batches; a recount must always equal them.
CREATE TABLE vote_counts (
    opinion_id    uuid PRIMARY KEY REFERENCES opinions,
    votes_for     int NOT NULL,
    votes_against int NOT NULL,
    -- Wilson's lower bound of agreement at 95 %, as forum/analysis computes it: boards are sorted by it.
    bound         double precision NOT NULL GENERATED ALWAYS AS (CASE WHEN votes_for <= 0 THEN 0 ELSE
        (votes_for::float8 / (votes_for + votes_against) + 3.8414588206941245 / (2 * (votes_for + votes_against))
         - 1.959963984540054 * sqrt((votes_for::float8 * votes_against / (votes_for + votes_against) + 3.8414588206941245 / 4)
           / (votes_for + votes_against)::float8 ^ 2))
        / (1 + 3.8414588206941245 / (votes_for + votes_against)) END) STORED
);
CREATE TABLE forum_counts (
    forum_id      uuid PRIMARY KEY REFERENCES forums,
    opinions      int NOT NULL DEFAULT 0,
    voters        int NOT NULL DEFAULT 0,
    votes_for     int NOT NULL DEFAULT 0,
    votes_against int NOT NULL DEFAULT 0,
    hits          int NOT NULL DEFAULT 0
);
CREATE TABLE tally_cursor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    upto     timestamptz NOT NULL
);
INSERT INTO tally_cursor (upto) VALUES ('-infinity');

-- What is known after the close; figures are frozen by the closing transaction.
CREATE TABLE analyses (
    forum_id  uuid PRIMARY KEY REFERENCES forums,
    figures   jsonb NOT NULL,
    frozen_at timestamptz NOT NULL,
    terms     jsonb NOT NULL DEFAULT '[]',
    reposts   jsonb NOT NULL DEFAULT '[]',
    best      jsonb NOT NULL DEFAULT '[]',
    summary   text NOT NULL DEFAULT '',
    made_at   timestamptz,
    approval_id uuid REFERENCES approvals -- of exactly these figures, terms and summary; a later change takes it away
);

CREATE TABLE awards (
    id         uuid PRIMARY KEY,
    forum_id   uuid NOT NULL REFERENCES forums,
    opinion_id uuid NOT NULL CONSTRAINT one_award_per_opinion UNIQUE REFERENCES opinions,
    status     text NOT NULL DEFAULT 'candidate',
    by_rule    int NOT NULL,
    bound      double precision NOT NULL,
    place      int,
    reason     text NOT NULL DEFAULT '',
    secret     bytea, -- SHA-256 of the one-time page's key
    offered_at timestamptz,
    answer_by  timestamptz,
    name_shown boolean NOT NULL DEFAULT false,
    CONSTRAINT award_status_known CHECK (status IN ('candidate', 'scored', 'decided', 'offered', 'accepted', 'delivered', 'declined', 'lapsed')),
    CONSTRAINT one_award_per_place UNIQUE (forum_id, place)
);
CREATE TABLE award_scores (
    award_id    uuid NOT NULL REFERENCES awards,
    official_id uuid NOT NULL REFERENCES officials,
    score       int,
    conflict    boolean NOT NULL DEFAULT false,
    reason      text NOT NULL DEFAULT '',
    scored_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT one_juror_score_each PRIMARY KEY (award_id, official_id),
    CONSTRAINT juror_score_or_conflict CHECK (conflict = (score IS NULL)),
    CONSTRAINT juror_score_in_range CHECK (score BETWEEN 1 AND 5)
);

CREATE TABLE responses (
    forum_id     uuid PRIMARY KEY REFERENCES forums,
    status       text NOT NULL DEFAULT 'draft',
    version      int NOT NULL DEFAULT 0,
    published_at timestamptz,
    CONSTRAINT response_status_known CHECK (status IN ('draft', 'submitted', 'returned', 'approved', 'published', 'corrected'))
);
CREATE TABLE response_versions (
    forum_id   uuid NOT NULL REFERENCES forums,
    version    int NOT NULL,
    paragraphs jsonb NOT NULL,
    sha256     text NOT NULL,
    saved_at   timestamptz NOT NULL DEFAULT now(),
    saved_by   uuid REFERENCES officials,
    CONSTRAINT one_response_version PRIMARY KEY (forum_id, version)
);

CREATE TABLE milestones (
    id       uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums,
    title    text NOT NULL,
    due      timestamptz NOT NULL,
    status   text NOT NULL DEFAULT 'planned',
    done_at  timestamptz,
    note     text NOT NULL DEFAULT '',
    CONSTRAINT milestone_status_known CHECK (status IN ('planned', 'done', 'late', 'dropped'))
);

-- What staff decided, what is owed, what is stuck, and who did what.
CREATE TABLE decisions (
    id          uuid PRIMARY KEY,
    action      text NOT NULL,
    noun        text NOT NULL,
    subject_id  uuid NOT NULL,
    by_official uuid REFERENCES officials,
    from_addr   text NOT NULL DEFAULT '',
    reason      text NOT NULL DEFAULT '',
    details     jsonb,
    made_at     timestamptz NOT NULL DEFAULT now(),
    done_at     timestamptz,
    refused     jsonb
);
CREATE INDEX decisions_by_subject ON decisions (subject_id, made_at);

CREATE TABLE owed (
    id           uuid PRIMARY KEY,
    noun         text NOT NULL,
    subject_id   uuid NOT NULL,
    forum_id     uuid REFERENCES forums, -- whose page shows it; NULL for a round's
    kind         text NOT NULL,
    official_id  uuid REFERENCES officials,
    duty         text NOT NULL DEFAULT '',
    department   text NOT NULL DEFAULT '',
    since        timestamptz NOT NULL DEFAULT now(),
    due          timestamptz NOT NULL,
    next_at      timestamptz, -- when the next reminder or the escalation is due; NULL: nothing more
    reminders    int NOT NULL DEFAULT 0,
    escalated_at timestamptz,
    paused_at    timestamptz,
    done_at      timestamptz
);
CREATE UNIQUE INDEX one_wait_per_kind ON owed (noun, subject_id, kind, COALESCE(official_id, '00000000-0000-0000-0000-000000000000')) WHERE done_at IS NULL;
CREATE INDEX owed_open ON owed (due) WHERE done_at IS NULL;
CREATE INDEX owed_of_forum ON owed (forum_id) WHERE done_at IS NULL;

CREATE TABLE attention (
    workflow_id text PRIMARY KEY,
    noun        text NOT NULL,
    subject_id  uuid NOT NULL,
    step        text NOT NULL,
    problem     text NOT NULL,
    since       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    by_kind     text NOT NULL,
    by_official uuid REFERENCES officials,
    from_addr   text NOT NULL DEFAULT '',
    action      text NOT NULL,
    noun        text NOT NULL,
    subject_id  uuid NOT NULL,
    forum_id    uuid,
    before      text NOT NULL DEFAULT '',
    after       text NOT NULL DEFAULT '',
    reason      text NOT NULL DEFAULT '',
    decision_id uuid REFERENCES decisions,
    CONSTRAINT audit_by_known CHECK (by_kind IN ('official', 'system', 'citizen', 'import')),
    CONSTRAINT audit_names_the_official CHECK ((by_kind = 'official') = (by_official IS NOT NULL))
);
CREATE INDEX audit_by_subject ON audit (subject_id, id);
CREATE INDEX audit_by_forum ON audit (forum_id, id);
CREATE INDEX audit_of_opinions_by_time ON audit (at) WHERE noun = 'opinion'; -- the tally looks for what was hidden or shown

-- The outbox. One row per event and recipient; the Message-ID is fixed with the row.
CREATE TABLE subscriptions (
    id           uuid PRIMARY KEY,
    forum_id     uuid REFERENCES forums, -- NULL: every forum
    contact_id   uuid NOT NULL REFERENCES contacts,
    lang         text NOT NULL DEFAULT 'ko',
    secret       bytea NOT NULL, -- SHA-256 of the mailed confirmation key
    created_at   timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    ended_at     timestamptz
);
CREATE UNIQUE INDEX one_subscription_each ON subscriptions (contact_id, COALESCE(forum_id, '00000000-0000-0000-0000-000000000000')) WHERE ended_at IS NULL;

CREATE TABLE mails (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    event        text NOT NULL, -- what happened, so that it is told to nobody twice
    noun         text NOT NULL,
    subject_id   uuid NOT NULL,
    contact_id   uuid REFERENCES contacts,
    official_id  uuid REFERENCES officials,
    lang         text NOT NULL DEFAULT 'ko',
    data         jsonb NOT NULL DEFAULT '{}',
    message_id   text NOT NULL CONSTRAINT one_mail_per_message_id UNIQUE,
    status       text NOT NULL DEFAULT 'pending',
    attempts     int NOT NULL DEFAULT 0,
    unknowns     int NOT NULL DEFAULT 0,
    problem      text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    next_at      timestamptz NOT NULL DEFAULT now(),
    attempted_at timestamptz,
    sent_at      timestamptz,
    CONSTRAINT mail_status_known CHECK (status IN ('pending', 'attempting', 'sent', 'failed', 'unknown')),
    CONSTRAINT mail_has_one_recipient CHECK ((contact_id IS NULL) <> (official_id IS NULL)),
    CONSTRAINT one_mail_each UNIQUE NULLS NOT DISTINCT (event, contact_id, official_id)
);
CREATE INDEX mails_to_send ON mails (next_at) WHERE status = 'pending';
CREATE INDEX mails_under_way ON mails (attempted_at) WHERE status = 'attempting';

-- Proof: a leaf for everything accepted, written by the accepting transaction; sequenced into the log later.
CREATE TABLE log_pending (
    subject_id  uuid NOT NULL,
    kind        text NOT NULL,
    version     smallint NOT NULL,
    forum_id    uuid,
    accepted_at timestamptz NOT NULL,
    commitment  bytea NOT NULL,
    CONSTRAINT one_leaf_each PRIMARY KEY (subject_id, kind)
);

-- Korean public holidays (관공서의 공휴일에 관한 규정), substitute days included.
INSERT INTO holidays (day, name) VALUES
    ('2026-01-01', '신정'), ('2026-02-16', '설날 연휴'), ('2026-02-17', '설날'), ('2026-02-18', '설날 연휴'),
    ('2026-03-01', '3·1절'), ('2026-03-02', '3·1절 대체공휴일'), ('2026-05-05', '어린이날'), ('2026-05-24', '부처님오신날'),
    ('2026-05-25', '부처님오신날 대체공휴일'), ('2026-06-03', '전국동시지방선거일'), ('2026-06-06', '현충일'),
    ('2026-07-17', '제헌절'), ('2026-08-15', '광복절'), ('2026-08-17', '광복절 대체공휴일'), ('2026-09-24', '추석 연휴'), ('2026-09-25', '추석'),
    ('2026-09-26', '추석 연휴'), ('2026-10-03', '개천절'), ('2026-10-05', '개천절 대체공휴일'), ('2026-10-09', '한글날'),
    ('2026-12-25', '성탄절'),
    ('2027-01-01', '신정'), ('2027-02-06', '설날 연휴'), ('2027-02-07', '설날'), ('2027-02-08', '설날 연휴'),
    ('2027-02-09', '설날 대체공휴일'), ('2027-03-01', '3·1절'), ('2027-05-05', '어린이날'), ('2027-05-13', '부처님오신날'),
    ('2027-06-06', '현충일'), ('2027-07-17', '제헌절'), ('2027-07-19', '제헌절 대체공휴일'), ('2027-08-15', '광복절'),
    ('2027-08-16', '광복절 대체공휴일'), ('2027-09-14', '추석 연휴'), ('2027-09-15', '추석'), ('2027-09-16', '추석 연휴'),
    ('2027-10-03', '개천절'), ('2027-10-04', '개천절 대체공휴일'), ('2027-10-09', '한글날'), ('2027-10-11', '한글날 대체공휴일'),
    ('2027-12-25', '성탄절'), ('2027-12-27', '성탄절 대체공휴일');
