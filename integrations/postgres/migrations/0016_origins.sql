-- Where votes and opinions came from, as keyed hashes of network and mail domain and as the age of the account: never an address.
-- They tell crowds that one hand steers, and are forgotten some time after the close.
ALTER TABLE vote_changes
    ADD COLUMN network     bytea,
    ADD COLUMN wide        bytea,
    ADD COLUMN domain      bytea,
    ADD COLUMN common      boolean NOT NULL DEFAULT false,
    ADD COLUMN account_age int; -- seconds
ALTER TABLE opinions
    ADD COLUMN network     bytea,
    ADD COLUMN wide        bytea,
    ADD COLUMN domain      bytea,
    ADD COLUMN common      boolean NOT NULL DEFAULT false,
    ADD COLUMN account_age int;
