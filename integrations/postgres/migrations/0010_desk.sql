-- What staff enter for people whose words came by letter, on paper, by telephone or at the counter: how it came, on which day,
-- and who entered it. An empty channel: its author sent it.

ALTER TABLE suggestions
    ADD COLUMN channel     text NOT NULL DEFAULT '',
    ADD COLUMN received_on date,
    ADD CONSTRAINT suggestion_channel_known CHECK (channel IN ('', 'letter', 'paper', 'phone', 'visit')),
    ADD CONSTRAINT suggestion_entry_whole CHECK ((channel <> '') = (received_on IS NOT NULL) AND (channel = '' OR official_id IS NOT NULL));

ALTER TABLE opinions
    ADD COLUMN channel     text NOT NULL DEFAULT '',
    ADD COLUMN received_on date,
    ADD COLUMN entered_by  uuid REFERENCES officials,
    ADD CONSTRAINT opinion_channel_known CHECK (channel IN ('', 'letter', 'paper', 'phone', 'visit')),
    ADD CONSTRAINT opinion_entry_whole CHECK ((channel <> '') = (received_on IS NOT NULL) AND (channel <> '') = (entered_by IS NOT NULL));
