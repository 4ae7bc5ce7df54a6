-- Who chooses a month's topics, by what, and which department a text is for.

-- Seats on a track's committee, by civil days in Seoul; until_day is the last one. Without a seat on a track today, all who
-- hold the directory's duty sit on it.
CREATE TABLE committee_seats (
    id          uuid PRIMARY KEY,
    track       text NOT NULL,
    official_id uuid NOT NULL REFERENCES officials,
    from_day    date NOT NULL,
    until_day   date,
    CONSTRAINT seat_track_known CHECK (track IN ('general', 'youth')),
    CONSTRAINT seat_ends_after_start CHECK (until_day >= from_day)
);
CREATE INDEX committee_seats_by_track ON committee_seats (track, official_id);

-- The scoring sheet as it is now, and as a round's committee was given it.
CREATE TABLE criteria (
    code    text PRIMARY KEY,
    ord     int NOT NULL,
    name    text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    weight  int NOT NULL,
    CONSTRAINT criterion_weight_in_range CHECK (weight BETWEEN 0 AND 10)
);
INSERT INTO criteria (code, ord, name, name_en, weight) VALUES
    ('need', 1, '필요성', 'Need', 3),
    ('feasibility', 2, '실현 가능성', 'Feasibility', 2),
    ('breadth', 3, '파급 범위', 'Breadth', 3),
    ('urgency', 4, '시급성', 'Urgency', 2);
CREATE TABLE round_criteria (
    round_id uuid NOT NULL REFERENCES rounds,
    code     text NOT NULL,
    ord      int NOT NULL,
    name     text NOT NULL,
    name_en  text NOT NULL DEFAULT '',
    weight   int NOT NULL,
    CONSTRAINT one_criterion_each PRIMARY KEY (round_id, code)
);

-- A round's committee is who sat on it when the scoring began.
CREATE TABLE round_members (
    round_id    uuid NOT NULL REFERENCES rounds,
    official_id uuid NOT NULL REFERENCES officials,
    name        text NOT NULL,
    CONSTRAINT one_place_on_a_committee PRIMARY KEY (round_id, official_id)
);
CREATE TABLE round_marks (
    round_id      uuid NOT NULL,
    suggestion_id uuid NOT NULL,
    official_id   uuid NOT NULL,
    criterion     text NOT NULL,
    mark          int NOT NULL,
    CONSTRAINT one_mark_each PRIMARY KEY (round_id, suggestion_id, official_id, criterion),
    CONSTRAINT mark_of_a_sheet FOREIGN KEY (round_id, suggestion_id, official_id) REFERENCES round_scores ON DELETE CASCADE,
    CONSTRAINT mark_of_a_criterion FOREIGN KEY (round_id, criterion) REFERENCES round_criteria,
    CONSTRAINT mark_in_range CHECK (mark BETWEEN 1 AND 5)
);

-- Rounds of before had one criterion. round_scores.score stays for them and for the release before; nothing reads it now.
INSERT INTO round_criteria (round_id, code, ord, name, name_en, weight)
    SELECT id, 'overall', 1, '종합', 'Overall', 1 FROM rounds WHERE status <> 'open' OR EXISTS (SELECT FROM round_scores x WHERE x.round_id = rounds.id);
INSERT INTO round_members (round_id, official_id, name)
    SELECT r.id, o.id, o.name FROM rounds r JOIN officials o ON o.left_at IS NULL AND 'committee' = ANY(o.duties) WHERE r.status <> 'open'
    UNION SELECT x.round_id, o.id, o.name FROM round_scores x JOIN officials o ON o.id = x.official_id;
INSERT INTO round_marks (round_id, suggestion_id, official_id, criterion, mark)
    SELECT round_id, suggestion_id, official_id, 'overall', score FROM round_scores WHERE score IS NOT NULL;
ALTER TABLE round_scores DROP CONSTRAINT score_or_conflict, ADD COLUMN reason text NOT NULL DEFAULT '';

-- What a decided round rests on: supports go on growing, and the place must not move with them.
ALTER TABLE round_suggestions ADD COLUMN supports int;
ALTER TABLE rounds ADD COLUMN tries int NOT NULL DEFAULT 0, ADD COLUMN reason text NOT NULL DEFAULT '';

-- The terms of texts, as the worker's dictionary finds them: pages suggest departments from these rows.
CREATE TABLE topic_terms (
    noun       text NOT NULL,
    subject_id uuid NOT NULL,
    terms      text[] NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT one_reading_each PRIMARY KEY (noun, subject_id)
);
CREATE TABLE department_terms (
    code  text PRIMARY KEY REFERENCES departments,
    name  text NOT NULL, -- whose terms these are; another name is read again
    terms text[] NOT NULL
);

ALTER TABLE assignments ADD COLUMN transfers int NOT NULL DEFAULT 0, ADD COLUMN wanted text NOT NULL DEFAULT '';

-- A second department's opinion, and the wish to give a forum away after it was accepted.
CREATE TABLE consultations (
    id          uuid PRIMARY KEY,
    forum_id    uuid NOT NULL REFERENCES forums,
    department  text NOT NULL CONSTRAINT consultation_of_a_department REFERENCES departments,
    addressee   uuid REFERENCES officials,
    question    text NOT NULL,
    asked_by    uuid REFERENCES officials,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    opinion     text NOT NULL DEFAULT '',
    answered_by uuid REFERENCES officials,
    answered_at timestamptz
);
CREATE UNIQUE INDEX one_consultation_at_a_time ON consultations (forum_id, department) WHERE answered_at IS NULL;
CREATE TABLE handovers (
    id          uuid PRIMARY KEY,
    forum_id    uuid NOT NULL REFERENCES forums,
    from_unit   text NOT NULL,
    department  text NOT NULL REFERENCES departments,
    addressee   uuid REFERENCES officials,
    reason      text NOT NULL,
    asked_by    uuid REFERENCES officials,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    accepted    boolean,
    answer      text NOT NULL DEFAULT '',
    answered_by uuid REFERENCES officials,
    answered_at timestamptz
);
CREATE UNIQUE INDEX one_handover_at_a_time ON handovers (forum_id) WHERE answered_at IS NULL;
