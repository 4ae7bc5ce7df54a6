-- What must hold after every run, whatever happened in it. Each block has a name and gives the ids of the rows that break it:
-- none. Shown tallies are derived a moment later, so a tally comes first.

-- The cut-off.

-- name: no opinion or vote was accepted outside its forum's period
SELECT o.id FROM opinions o JOIN forums f ON f.id = o.forum_id
WHERE o.accepted_at < f.opens_at OR o.accepted_at >= f.closes_at
UNION ALL
SELECT v.id FROM vote_changes v JOIN opinions o ON o.id = v.opinion_id JOIN forums f ON f.id = o.forum_id
WHERE v.accepted_at < f.opens_at OR v.accepted_at >= f.closes_at;

-- name: no opinion or vote was accepted while its forum was not open
SELECT a.id FROM (
	SELECT id, forum_id, accepted_at FROM opinions
	UNION ALL
	SELECT v.id, o.forum_id, v.accepted_at FROM vote_changes v JOIN opinions o ON o.id = v.opinion_id
) AS a
WHERE 'open' IS DISTINCT FROM (SELECT t.after FROM audit t WHERE t.noun = 'forum' AND t.subject_id = a.forum_id AND t.after <> '' AND t.at <= a.accepted_at
	ORDER BY t.id DESC LIMIT 1);

-- name: no view was counted outside its forum's period
SELECT h.forum_id FROM hits h JOIN forums f ON f.id = h.forum_id WHERE h.seen_at < f.opens_at OR h.seen_at >= f.closes_at;

-- name: no reload was counted as a view
SELECT h.forum_id FROM hits h
WHERE EXISTS (SELECT FROM hits g WHERE g.forum_id = h.forum_id AND g.visitor = h.visitor AND g.seen_at > h.seen_at AND g.seen_at < h.seen_at + interval '30 minutes');

-- What the accepting statements join, instead of foreign keys.

-- name: each opinion and view is on a forum, and each vote on an opinion
SELECT o.id FROM opinions o WHERE NOT EXISTS (SELECT FROM forums f WHERE f.id = o.forum_id)
UNION ALL SELECT h.forum_id FROM hits h WHERE NOT EXISTS (SELECT FROM forums f WHERE f.id = h.forum_id)
UNION ALL SELECT v.opinion_id FROM votes v WHERE NOT EXISTS (SELECT FROM opinions o WHERE o.id = v.opinion_id)
UNION ALL SELECT v.opinion_id FROM vote_changes v WHERE NOT EXISTS (SELECT FROM opinions o WHERE o.id = v.opinion_id);

-- name: each change of a vote says what it replaced
SELECT id FROM (
	SELECT id, tx, previous, lag(choice, 1, 0::smallint) OVER (PARTITION BY opinion_id, voter ORDER BY n) AS replaced FROM vote_changes
) AS c WHERE tx > '0' AND previous <> replaced;

-- One person, one vote.

-- name: each vote is its voter's last change
SELECT coalesce(v.opinion_id, c.opinion_id) FROM votes v
FULL JOIN (SELECT DISTINCT ON (opinion_id, voter) opinion_id, voter, choice FROM vote_changes ORDER BY opinion_id, voter, n DESC) AS c USING (opinion_id, voter)
WHERE v.choice IS DISTINCT FROM c.choice;

-- name: each support is its supporter's last change
SELECT coalesce(s.suggestion_id, c.suggestion_id) FROM supports s
FULL JOIN (SELECT DISTINCT ON (suggestion_id, voter) suggestion_id, voter, stands FROM support_changes ORDER BY suggestion_id, voter, n DESC) AS c
	USING (suggestion_id, voter)
WHERE s.carried_from IS NULL AND s.stands IS DISTINCT FROM c.stands;

-- name: nobody voted on their own opinion
SELECT o.id FROM opinions o JOIN votes v ON v.opinion_id = o.id AND v.voter = o.author WHERE v.choice <> 0;

-- What is shown.

-- name: each opinion's shown votes equal a recount
SELECT o.id FROM opinions o LEFT JOIN vote_counts c ON c.opinion_id = o.id
LEFT JOIN (SELECT opinion_id, count(*) FILTER (WHERE choice = 1) AS up, count(*) FILTER (WHERE choice = -1) AS down FROM counted_votes GROUP BY opinion_id) AS r
	ON r.opinion_id = o.id
WHERE (coalesce(c.votes_for, 0), coalesce(c.votes_against, 0)) IS DISTINCT FROM (coalesce(r.up, 0), coalesce(r.down, 0));

-- name: each forum's shown tallies equal a recount
SELECT f.id FROM forums f LEFT JOIN forum_counts c ON c.forum_id = f.id
LEFT JOIN LATERAL (
	SELECT count(DISTINCT v.voter) AS voters, count(*) FILTER (WHERE v.choice = 1) AS up, count(*) FILTER (WHERE v.choice = -1) AS down
	FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id WHERE o.forum_id = f.id AND o.status = 'published' AND v.choice <> 0
) AS r ON true
WHERE (coalesce(c.opinions, 0), coalesce(c.voters, 0), coalesce(c.votes_for, 0), coalesce(c.votes_against, 0), coalesce(c.hits, 0)) IS DISTINCT FROM
	((SELECT count(*) FROM opinions o WHERE o.forum_id = f.id AND o.status = 'published'), r.voters, r.up, r.down,
	 (SELECT count(*) FROM hits h WHERE h.forum_id = f.id));

-- name: each suggestion's shown supports equal a recount
SELECT s.id FROM suggestions s LEFT JOIN support_counts c ON c.suggestion_id = s.id
WHERE coalesce(c.supports, 0) <> (SELECT count(*) FROM supports p WHERE p.suggestion_id = s.id AND p.stands);

-- name: each closed forum's figures are frozen
SELECT f.id FROM forums f
WHERE (f.status IN ('closed', 'analysing', 'awarding', 'responding', 'published', 'following', 'archived')
	AND (f.closed_at IS NULL OR NOT EXISTS (SELECT FROM analyses a WHERE a.forum_id = f.id)))
OR (f.status IN ('scheduled', 'open', 'suspended') AND (f.closed_at IS NOT NULL OR EXISTS (SELECT FROM analyses a WHERE a.forum_id = f.id)));

-- name: frozen figures equal a recount of what was accepted before the close
SELECT a.forum_id FROM analyses a JOIN forums f ON f.id = a.forum_id
LEFT JOIN LATERAL (
	SELECT count(*) AS opinions, count(DISTINCT author) AS authors FROM opinions o
	WHERE o.forum_id = f.id AND o.status = 'published' AND o.accepted_at < f.closed_at
) AS o ON true
LEFT JOIN LATERAL (
	SELECT count(DISTINCT v.voter) AS voters, count(*) FILTER (WHERE v.choice = 1) AS up, count(*) FILTER (WHERE v.choice = -1) AS down
	FROM counted_votes v JOIN opinions o ON o.id = v.opinion_id
	WHERE o.forum_id = f.id AND o.status = 'published' AND v.choice <> 0 AND v.accepted_at < f.closed_at
) AS r ON true
WHERE ROW((a.figures ->> 'opinions')::bigint, (a.figures ->> 'authors')::bigint, (a.figures ->> 'voters')::bigint, (a.figures ->> 'votes_for')::bigint,
	(a.figures ->> 'votes_against')::bigint, (a.figures ->> 'hits')::bigint) IS DISTINCT FROM
	ROW(o.opinions, o.authors, r.voters, r.up, r.down, (SELECT count(*) FROM hits h WHERE h.forum_id = f.id AND h.seen_at < f.closed_at));

-- name: frozen figures add up by day and by district
SELECT a.forum_id FROM analyses a JOIN forums f ON f.id = a.forum_id
WHERE ROW((a.figures ->> 'opinions')::bigint, (a.figures ->> 'votes_for')::bigint, (a.figures ->> 'votes_against')::bigint, (a.figures ->> 'hits')::bigint)
	IS DISTINCT FROM (SELECT ROW(sum((d ->> 'opinions')::int), sum((d ->> 'votes_for')::int), sum((d ->> 'votes_against')::int), sum((d ->> 'hits')::int))
		FROM jsonb_array_elements(a.figures -> 'days') AS d)
OR (a.figures ->> 'opinions')::bigint <> (SELECT coalesce(sum((d ->> 'opinions')::int), 0) FROM jsonb_array_elements(
	CASE jsonb_typeof(a.figures -> 'districts') WHEN 'array' THEN a.figures -> 'districts' ELSE '[]' END) AS d);

-- Excluded votes.

-- name: a vote is left out while an exclusion of it is in force, and only then
SELECT v.opinion_id FROM votes v
WHERE v.excluded <> EXISTS (SELECT FROM exclusion_votes x JOIN exclusions e ON e.id = x.exclusion_id
	WHERE x.opinion_id = v.opinion_id AND x.voter = v.voter AND e.status IN ('in_force', 'doubted'));

-- name: no vote is left out twice
SELECT x.opinion_id FROM exclusion_votes x JOIN exclusions e ON e.id = x.exclusion_id
WHERE e.status IN ('in_force', 'doubted') GROUP BY x.opinion_id, x.voter HAVING count(*) > 1;

-- name: each exclusion was asked for and confirmed by two people, and so was undoing it
SELECT e.id FROM exclusions e
WHERE (e.status NOT IN ('asked', 'declined') AND (SELECT count(DISTINCT s.by_official) FROM exclusion_steps s
	WHERE s.exclusion_id = e.id AND s.by_official IN (e.asked_by, e.confirmed_by)) < 2)
OR (e.status = 'undone' AND (e.undone_by IS NULL OR e.undone_by = e.doubted_by))
OR e.votes <> (SELECT count(*) FROM exclusion_votes x WHERE x.exclusion_id = e.id);

-- Proof.

-- name: each thing that was accepted has its one leaf
SELECT id FROM opinions o WHERE 1 <> (SELECT count(*) FROM log_pending l WHERE l.subject_id = o.id AND l.kind IN ('opinion', 'import.opinion'))
UNION ALL
SELECT id FROM suggestions s WHERE 1 <> (SELECT count(*) FROM log_pending l WHERE l.subject_id = s.id AND l.kind IN ('suggestion', 'import.suggestion'))
UNION ALL
SELECT id FROM vote_changes v
WHERE NOT EXISTS (SELECT FROM log_pending l WHERE l.subject_id = CASE WHEN v.imported THEN v.opinion_id ELSE v.id END
	AND l.kind = CASE WHEN v.imported THEN 'import.votes' ELSE 'vote' END)
UNION ALL
SELECT id FROM support_changes c
WHERE NOT EXISTS (SELECT FROM log_pending l WHERE l.subject_id = CASE WHEN c.imported THEN c.suggestion_id ELSE c.id END
	AND l.kind = CASE WHEN c.imported THEN 'import.suggestion' ELSE 'support' END)
UNION ALL
SELECT id FROM exclusion_steps e WHERE 1 <> (SELECT count(*) FROM log_pending l WHERE l.subject_id = e.id AND l.kind = 'exclusion');

-- name: each leaf is of something that was accepted, at its instant
SELECT l.subject_id FROM log_pending l
LEFT JOIN (
	SELECT id, 'opinion' AS kind, accepted_at FROM opinions UNION ALL SELECT id, 'vote', accepted_at FROM vote_changes
	UNION ALL SELECT id, 'suggestion', submitted_at FROM suggestions UNION ALL SELECT id, 'support', accepted_at FROM support_changes
	UNION ALL SELECT id, 'exclusion', at FROM exclusion_steps
) AS a ON a.id = l.subject_id AND a.kind = l.kind
WHERE l.kind NOT LIKE 'import.%' AND a.accepted_at IS DISTINCT FROM l.accepted_at
UNION ALL
SELECT l.subject_id FROM log_pending l
WHERE l.kind LIKE 'import.%' AND NOT EXISTS (SELECT FROM opinions o WHERE o.id = l.subject_id) AND NOT EXISTS (SELECT FROM suggestions s WHERE s.id = l.subject_id);

-- name: each idempotency key's answer points to what was kept
SELECT convert_to(k.key, 'UTF8') FROM idempotency_keys k
WHERE NOT CASE
	WHEN k.answer ? 'id' THEN EXISTS (SELECT FROM opinions o WHERE o.id = (k.answer ->> 'id')::uuid) OR EXISTS (SELECT FROM suggestions s WHERE s.id = (k.answer ->> 'id')::uuid)
	WHEN k.answer ? 'change' THEN k.answer ? 'mine' AND EXISTS (SELECT FROM vote_changes v WHERE v.id = (k.answer ->> 'change')::uuid)
	WHEN k.answer ? 'supports' THEN EXISTS (SELECT FROM suggestions s WHERE s.id = (k.answer ->> 'suggestion')::uuid)
	ELSE false END;

-- The trail. A signer's step ("waiting" before it) stands on the document's trail and is no status of the document.

-- name: each status is the last one on the trail
WITH stands AS (
	SELECT 'forum' AS noun, id, status, 'selected' AS first FROM forums
	UNION ALL SELECT 'round', id, status, 'open' FROM rounds
	UNION ALL SELECT 'suggestion', id, status, 'submitted' FROM suggestions
	UNION ALL SELECT 'assignment', forum_id, status, 'proposed' FROM assignments
	UNION ALL SELECT 'dossier', forum_id, status, 'draft' FROM dossiers
	UNION ALL SELECT 'approval', id, status, 'drafted' FROM approvals
	UNION ALL SELECT 'opinion', id, status, CASE status WHEN 'held' THEN 'held' ELSE 'published' END FROM opinions
	UNION ALL SELECT 'award', id, status, 'candidate' FROM awards
	UNION ALL SELECT 'response', forum_id, status, 'draft' FROM responses
	UNION ALL SELECT 'milestone', id, status, 'planned' FROM milestones
	UNION ALL SELECT 'exclusion', id, status, 'asked' FROM exclusions
), last AS (
	SELECT DISTINCT ON (noun, subject_id) noun, subject_id AS id, after FROM audit WHERE after <> '' AND before <> 'waiting' ORDER BY noun, subject_id, audit.id DESC
)
SELECT s.id FROM stands s LEFT JOIN last l USING (noun, id) WHERE s.status <> coalesce(l.after, s.first);

-- name: each step on the trail begins where the last one ended
SELECT subject_id FROM (
	SELECT subject_id, before, lag(after) OVER (PARTITION BY noun, subject_id ORDER BY id) AS ended FROM audit WHERE after <> '' AND before <> 'waiting' AND noun <> 'mail'
) AS steps WHERE before <> ended;

-- Procedures.

-- name: each forum that was accepted has its department
SELECT f.id FROM forums f LEFT JOIN assignments a ON a.forum_id = f.id
WHERE f.status NOT IN ('selected', 'assigning', 'withdrawn') AND (f.department = '' OR a.status IS DISTINCT FROM 'accepted' OR a.department <> f.department);

-- name: each selected suggestion has its forum
SELECT s.id FROM suggestions s WHERE s.status = 'selected' AND NOT EXISTS (SELECT FROM forums f WHERE f.suggestion_id = s.id);

-- name: each merged suggestion says into which
SELECT id FROM suggestions WHERE (status = 'merged') <> (merged_into IS NOT NULL);

-- name: what citizens read of a dossier exists
SELECT d.forum_id FROM dossiers d
WHERE d.approved_version > 0 AND NOT EXISTS (SELECT FROM dossier_versions v WHERE v.forum_id = d.forum_id AND v.version = d.approved_version)
UNION ALL
SELECT o.id FROM opinions o
WHERE o.dossier_version > 0 AND NOT EXISTS (SELECT FROM dossier_versions v WHERE v.forum_id = o.forum_id AND v.version = o.dossier_version);

-- name: each attachment names a file that its version has, as it is
SELECT v.forum_id FROM dossier_versions v CROSS JOIN jsonb_array_elements(v.items) AS i WHERE i->>'kind' = 'attachment' AND NOT EXISTS (
	SELECT FROM dossier_version_files l JOIN dossier_files f ON f.id = l.file_id WHERE l.forum_id = v.forum_id AND l.version = v.version
	AND f.id::text = i->'file'->>'id' AND f.name = i->'file'->>'name' AND f.sha256 = i->'file'->>'sha256' AND f.size::text = i->'file'->>'size');

-- name: each approved document is its text and every signer's
SELECT a.id FROM approvals a
WHERE a.sha256 <> encode(sha256(convert_to(a.content, 'UTF8')), 'hex')
OR (a.status = 'approved' AND (EXISTS (SELECT FROM approval_signers s WHERE s.approval_id = a.id AND s.status IN ('waiting', 'returned'))
	OR NOT EXISTS (SELECT FROM approval_signers s WHERE s.approval_id = a.id AND s.role = 'approver')
	OR EXISTS (SELECT FROM approval_signers s WHERE s.approval_id = a.id AND s.status = 'skipped' AND (s.role = 'consulted'
		OR NOT EXISTS (SELECT FROM approval_signers f WHERE f.approval_id = a.id AND f.ord < s.ord AND f.final)))));

-- name: nobody approved their own draft
SELECT a.id FROM approvals a JOIN approval_signers s ON s.approval_id = a.id
WHERE s.status IN ('approved', 'by_substitute', 'consulted') AND coalesce(s.signed_by, s.official_id) = a.drafter;

-- name: document numbers have no gaps
SELECT d.department FROM (
	SELECT regexp_replace(document, '-[0-9]{4}-[0-9]+$', '') AS department, substring(document FROM '-([0-9]{4})-[0-9]+$')::int AS year,
		substring(document FROM '-([0-9]+)$')::int AS serial
	FROM approvals WHERE document IS NOT NULL
) AS n FULL JOIN document_serials d USING (department, year)
GROUP BY d.department, d.year, d.last HAVING d.last IS NULL OR count(DISTINCT n.serial) <> d.last OR max(n.serial) <> d.last OR min(n.serial) <> 1;

-- name: each decided award has its place and a reason, the officer's or a juror's
SELECT a.id FROM awards a
WHERE a.status NOT IN ('candidate', 'scored') AND (a.place IS NULL
	OR a.reason = '' AND NOT EXISTS (SELECT FROM award_scores s WHERE s.award_id = a.id AND s.reason <> ''));

-- name: one prize per person
SELECT min(a.id::text) FROM awards a JOIN opinions o ON o.id = a.opinion_id
WHERE a.status IN ('offered', 'accepted', 'delivered') GROUP BY a.forum_id, o.author HAVING count(*) > 1;

-- name: each forum with results has its published response
SELECT f.id FROM forums f
WHERE f.status IN ('published', 'following', 'archived')
	AND NOT EXISTS (SELECT FROM responses r JOIN response_versions v ON v.forum_id = r.forum_id AND v.version = r.version
		WHERE r.forum_id = f.id AND r.status IN ('published', 'corrected') AND r.published_at IS NOT NULL);

-- name: each answer is a paragraph of the response
SELECT o.id FROM opinions o JOIN responses r ON r.forum_id = o.forum_id
WHERE o.answered_by IS NOT NULL AND NOT EXISTS (SELECT FROM response_versions v
	WHERE v.forum_id = r.forum_id AND v.version = r.version AND o.answered_by BETWEEN 0 AND jsonb_array_length(v.paragraphs) - 1);

-- name: each archived forum's promises are kept or dropped
SELECT m.id FROM milestones m JOIN forums f ON f.id = m.forum_id WHERE f.status = 'archived' AND m.status NOT IN ('done', 'dropped');

-- name: nothing is owed by nobody or for what is over
SELECT w.id FROM owed w LEFT JOIN forums f ON f.id = w.forum_id
WHERE w.done_at IS NULL AND ((w.official_id IS NULL AND w.duty = '') OR (f.status IN ('archived', 'withdrawn') AND w.kind <> 'award.deliver'));

-- Mail.

-- name: nobody is told of an event twice
SELECT min(id::text) FROM mails GROUP BY event, contact_id, official_id HAVING count(*) > 1
UNION ALL
SELECT min(id::text) FROM mails GROUP BY message_id HAVING count(*) > 1;

-- name: a sent letter keeps nothing of what it told
SELECT id FROM mails WHERE status = 'sent' AND (data <> '{}' OR sent_at IS NULL OR attempts = 0);

-- name: no letter to an erased address keeps a word or waits for anybody
SELECT m.id FROM mails m JOIN contacts c ON c.id = m.contact_id
WHERE c.email IS NULL AND (m.status IN ('failed', 'unknown') OR m.status IN ('sent', 'gathered', 'dropped') AND m.data <> '{}');
