-- How often an address hears of what it follows; what it is sent because of something it has just done goes at once.
ALTER TABLE contacts
    ADD COLUMN news text NOT NULL DEFAULT 'daily',
    ADD CONSTRAINT news_known CHECK (news IN ('daily', 'at_once', 'none'));

-- News waits for its reader's one letter a day; what came back undelivered is noted with the letter.
ALTER TABLE mails
    ADD COLUMN bounced_at timestamptz,
    DROP CONSTRAINT mail_status_known,
    ADD CONSTRAINT mail_status_known CHECK (status IN ('waiting', 'pending', 'attempting', 'sent', 'failed', 'unknown', 'gathered', 'dropped'));
CREATE INDEX mails_waiting ON mails (contact_id) WHERE status = 'waiting';

-- The days whose letters have been written, so that nobody has two of a day.
CREATE TABLE news_days (
    day     date PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    letters int NOT NULL DEFAULT 0
);
