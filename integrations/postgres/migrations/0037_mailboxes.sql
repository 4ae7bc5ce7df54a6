-- One mailbox is known by one address, see forum.Mailbox. Of several contacts with the same mailbox the one that is spelled so keeps it,
-- or else the one that confirmed first; the others' letters still arrive, and nobody signs in with them any more.
WITH spelled AS (
    SELECT id, email, confirmed_at, created_at, split_part(split_part(email, '@', 1), '+', 1) AS name,
        CASE split_part(email, '@', 2) WHEN 'googlemail.com' THEN 'gmail.com' ELSE split_part(email, '@', 2) END AS host
    FROM contacts WHERE email ~ '^[^@+]+[^@]*@[^@]+$'
), mailboxes AS (
    SELECT id, email, confirmed_at, created_at, CASE host WHEN 'gmail.com' THEN replace(name, '.', '') ELSE name END || '@' || host AS mailbox
    FROM spelled WHERE host IN ('gmail.com', 'outlook.com', 'outlook.kr', 'hotmail.com', 'hotmail.co.kr', 'live.com', 'live.co.kr', 'msn.com',
        'icloud.com', 'me.com', 'mac.com', 'proton.me', 'protonmail.com', 'pm.me')
), firsts AS (
    SELECT DISTINCT ON (mailbox) id, email, mailbox FROM mailboxes ORDER BY mailbox, email <> mailbox, confirmed_at NULLS LAST, created_at, id
)
UPDATE contacts c SET email = f.mailbox FROM firsts f WHERE c.id = f.id AND f.email <> f.mailbox;
