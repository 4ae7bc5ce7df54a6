-- What must hold after every run. Each block has a name and gives the ids of the rows that break it: none.

-- name: no opinion was accepted outside its forum's period
SELECT o.id FROM opinions o JOIN forums f ON f.id = o.forum_id
WHERE o.accepted_at < f.opens_at OR o.accepted_at >= f.closes_at;

-- name: no vote was accepted outside its forum's period
SELECT v.id FROM vote_changes v JOIN opinions o ON o.id = v.opinion_id JOIN forums f ON f.id = o.forum_id
WHERE v.accepted_at < f.opens_at OR v.accepted_at >= f.closes_at;

-- name: each vote is the voter's last change
SELECT v.opinion_id FROM votes v
WHERE v.choice <> (SELECT c.choice FROM vote_changes c WHERE c.opinion_id = v.opinion_id AND c.voter = v.voter
                   ORDER BY c.accepted_at DESC, c.id DESC LIMIT 1);

-- name: shown tallies of opinions equal a recount
SELECT o.id FROM opinions o
LEFT JOIN vote_counts c ON c.opinion_id = o.id
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE v.choice = 1) AS up, count(*) FILTER (WHERE v.choice = -1) AS down
                   FROM votes v WHERE v.opinion_id = o.id) r ON true
WHERE o.status = 'published' AND (COALESCE(c.votes_for, 0), COALESCE(c.votes_against, 0)) IS DISTINCT FROM (r.up::int, r.down::int)
  AND EXISTS (SELECT FROM forums f WHERE f.id = o.forum_id AND f.closed_at IS NULL);

-- name: each accepted opinion has its leaf
SELECT o.id FROM opinions o WHERE NOT EXISTS (SELECT FROM log_pending l WHERE l.subject_id = o.id AND l.kind IN ('opinion', 'import.opinion'));

-- name: each change of a vote has its leaf
SELECT v.id FROM vote_changes v WHERE NOT EXISTS (SELECT FROM log_pending l WHERE l.subject_id = v.id AND l.kind = 'vote')
  AND NOT EXISTS (SELECT FROM log_pending l WHERE l.subject_id = v.opinion_id AND l.kind = 'import.votes');

-- name: each status of a forum has its audit row
SELECT f.id FROM forums f
WHERE f.status IS DISTINCT FROM (SELECT a.after FROM audit a WHERE a.noun = 'forum' AND a.subject_id = f.id AND a.after <> '' ORDER BY a.id DESC LIMIT 1);
