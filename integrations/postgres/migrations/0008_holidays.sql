-- Holidays that are declared, and open rounds whose deadline was promised in working days. What the law has is reckoned by
-- forum/holiday.go and kept nowhere else.

ALTER TABLE rounds
    ADD COLUMN days        int NOT NULL DEFAULT 0, -- of the deadline; 0: an officer chose the instant
    ADD COLUMN promised_at timestamptz;            -- from when they count
ALTER TABLE clock_changes
    DROP CONSTRAINT clock_change_known,
    ADD CONSTRAINT clock_change_known CHECK (kind IN ('paused', 'resumed', 'handed_over', 'escalated', 'audited', 'moved')); -- moved: by a holiday

DELETE FROM holidays;
ALTER TABLE holidays
    ADD COLUMN id          uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT one_holiday_per_id UNIQUE,
    ADD COLUMN kind        text NOT NULL,
    ADD COLUMN reason      text NOT NULL DEFAULT '',
    ADD COLUMN declared_by uuid REFERENCES officials, -- NULL: known with the release
    ADD COLUMN declared_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT holiday_kind_known CHECK (kind IN ('election', 'temporary', 'imported'));

-- Elections (공직선거법 제34조; those of 2028 and 2030 as its count of Wednesdays gives them) and temporary holidays (관보).
INSERT INTO holidays (day, name, kind) VALUES
    ('2004-04-15', '제17대 국회의원선거일', 'election'), ('2006-05-31', '제4회 전국동시지방선거일', 'election'),
    ('2007-12-19', '제17대 대통령선거일', 'election'), ('2008-04-09', '제18대 국회의원선거일', 'election'),
    ('2010-06-02', '제5회 전국동시지방선거일', 'election'), ('2012-04-11', '제19대 국회의원선거일', 'election'),
    ('2012-12-19', '제18대 대통령선거일', 'election'), ('2014-06-04', '제6회 전국동시지방선거일', 'election'),
    ('2016-04-13', '제20대 국회의원선거일', 'election'), ('2017-05-09', '제19대 대통령선거일', 'election'),
    ('2018-06-13', '제7회 전국동시지방선거일', 'election'), ('2020-04-15', '제21대 국회의원선거일', 'election'),
    ('2022-03-09', '제20대 대통령선거일', 'election'), ('2022-06-01', '제8회 전국동시지방선거일', 'election'),
    ('2024-04-10', '제22대 국회의원선거일', 'election'), ('2025-06-03', '제21대 대통령선거일', 'election'),
    ('2026-06-03', '제9회 전국동시지방선거일', 'election'), ('2028-04-12', '제23대 국회의원선거일', 'election'),
    ('2030-03-27', '제22대 대통령선거일', 'election'), ('2030-06-12', '제10회 전국동시지방선거일', 'election'),
    ('2015-08-14', '임시공휴일(광복 70주년)', 'temporary'), ('2016-05-06', '임시공휴일', 'temporary'),
    ('2017-10-02', '임시공휴일', 'temporary'), ('2020-08-17', '임시공휴일', 'temporary'),
    ('2023-10-02', '임시공휴일', 'temporary'), ('2024-10-01', '임시공휴일(국군의 날)', 'temporary'),
    ('2025-01-27', '임시공휴일', 'temporary');
