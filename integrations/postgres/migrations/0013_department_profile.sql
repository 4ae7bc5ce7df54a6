-- What a department says it is responsible for: beside its name and its past forums, what topics are suited to it is read from this.
ALTER TABLE departments
    ADD COLUMN profile    text NOT NULL DEFAULT '',
    ADD COLUMN profile_by uuid REFERENCES officials,
    ADD COLUMN profile_at timestamptz;
