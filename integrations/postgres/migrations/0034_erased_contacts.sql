-- Whoever has their address erased stays the same voter: otherwise they would come back as another one, and vote again. What is kept
-- is a keyed hash of the address, which finds the row when they confirm the same address anew.
ALTER TABLE contacts
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN former bytea CONSTRAINT one_contact_per_erased_address UNIQUE;
