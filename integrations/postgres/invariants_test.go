package postgres_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// faults plants, for each invariant, what it is there to find. The world is lively's.
var faults = map[string][]string{
	"no opinion or vote was accepted outside its forum's period": {
		`UPDATE opinions SET accepted_at = (SELECT closes_at FROM forums f WHERE f.id = forum_id) WHERE text = 'live'`},
	"no opinion or vote was accepted while its forum was not open": {
		`UPDATE audit SET at = now() + interval '1 hour' WHERE noun = 'forum' AND after = 'open'`},
	"no view was counted outside its forum's period": {
		`INSERT INTO hits SELECT id, 'v', closes_at FROM forums WHERE status = 'archived'`},
	"no reload was counted as a view": {
		`INSERT INTO hits SELECT forum_id, visitor, seen_at + interval '29 minutes' FROM hits WHERE forum_id = (SELECT id FROM forums WHERE status = 'open')`},
	"each opinion and view is on a forum, and each vote on an opinion": {
		`INSERT INTO hits SELECT gen_random_uuid(), 'v', now()`},
	"each change of a vote says what it replaced": {
		`UPDATE vote_changes SET previous = 1 WHERE id = (SELECT id FROM vote_changes WHERE tx > '0' LIMIT 1)`},
	"each vote is its voter's last change": {
		`UPDATE votes SET choice = -choice WHERE (opinion_id, voter) = (SELECT opinion_id, voter FROM votes LIMIT 1)`},
	"each support is its supporter's last change": {
		`DELETE FROM supports WHERE (suggestion_id, voter) = (SELECT suggestion_id, voter FROM supports LIMIT 1)`},
	"nobody voted on their own opinion": {
		`UPDATE opinions SET author = (SELECT voter FROM votes v WHERE v.opinion_id = id LIMIT 1) WHERE text = 'live'`},
	"each opinion's shown votes equal a recount": {
		`UPDATE vote_counts SET votes_for = votes_for + 1 WHERE opinion_id = (SELECT id FROM opinions WHERE text = 'live')`},
	"each forum's shown tallies equal a recount": {
		`UPDATE opinions SET status = 'hidden' WHERE text = 'live'`},
	"each suggestion's shown supports equal a recount": {
		`UPDATE support_counts SET supports = supports + 1`},
	"each closed forum's figures are frozen": {
		`UPDATE forums SET closed_at = NULL WHERE status = 'archived'`},
	"frozen figures equal a recount of what was accepted before the close": {
		`UPDATE opinions SET accepted_at = '2003-03-16T00:00+09' WHERE text = '의견 1'`},
	"frozen figures add up by day and by district": {
		`UPDATE analyses SET figures = jsonb_set(figures, '{days,0,hits}', '204')`},
	"a vote is left out while an exclusion of it is in force, and only then": {
		`UPDATE votes SET excluded = true WHERE opinion_id = (SELECT id FROM opinions WHERE text = 'live')`},
	"no vote is left out twice": {
		exclusionInForce, exclusionInForce, exclusionOfVotes},
	"each exclusion was asked for and confirmed by two people, and so was undoing it": {
		exclusionInForce},
	"each attachment names a file that its version has, as it is": {
		`UPDATE dossier_versions SET items = '[{"kind": "attachment", "file": {"id": "none", "name": "안내.pdf", "sha256": "00", "size": 1}}]'
		WHERE (forum_id, version) = (SELECT forum_id, version FROM dossier_versions LIMIT 1)`},
	"each thing that was accepted has its one leaf": {
		`DELETE FROM log_pending WHERE kind = 'vote'`},
	"each leaf is of something that was accepted, at its instant": {
		`INSERT INTO log_pending VALUES (gen_random_uuid(), 'opinion', 1, NULL, now(), '')`},
	"each idempotency key's answer points to what was kept": {
		`INSERT INTO idempotency_keys VALUES ('', 'lost', '', jsonb_build_object('id', gen_random_uuid()))`},
	"each status is the last one on the trail": {
		`UPDATE forums SET status = 'suspended' WHERE status = 'open'`},
	"each step on the trail begins where the last one ended": {
		`INSERT INTO audit (by_kind, action, noun, subject_id, before, after) SELECT 'system', '', 'forum', id, 'scheduled', 'open' FROM forums WHERE status = 'open'`},
	"each step on the trail is one that the rules allow": {
		`INSERT INTO audit (by_kind, action, noun, subject_id, before, after) VALUES ('system', '', 'award', gen_random_uuid(), 'candidate', 'delivered')`},
	"each forum that was accepted has its department": {
		`UPDATE assignments SET department = 'parks'`},
	"each selected suggestion has its forum": {
		`UPDATE suggestions SET status = 'selected'`},
	"each merged suggestion says into which": {
		`UPDATE suggestions SET status = 'merged' WHERE status = 'accepted'`},
	"what citizens read of a dossier exists": {
		`DELETE FROM dossier_versions`},
	"each approved document is its text and every signer's": {
		`UPDATE approvals SET content = '{"edited": true}'`},
	"nobody approved their own draft": {
		`UPDATE approval_signers SET official_id = (SELECT drafter FROM approvals)`},
	"document numbers have no gaps": {
		`UPDATE document_serials SET last = 2`},
	"each decided award has its place and a reason, the officer's or a juror's": {
		`UPDATE awards SET reason = '' WHERE place = 1`},
	"one prize per person": {
		`UPDATE opinions SET author = 'the same' WHERE id IN (SELECT opinion_id FROM awards)`},
	"each forum with results has its published response": {
		`UPDATE responses SET status = 'approved'`},
	"each answer is a paragraph of the response": {
		`UPDATE opinions SET answered_by = 1 WHERE answered_by = 0`},
	"each archived forum's promises are kept or dropped": {
		`UPDATE milestones SET status = 'late'`},
	"nothing is owed by nobody or for what is over": {
		`INSERT INTO owed (id, noun, subject_id, forum_id, kind, duty, due) SELECT gen_random_uuid(), 'forum', id, id, 'response.submit', 'drafter', now() FROM forums WHERE status = 'archived'`},
	"nobody is told of an event twice": {
		`ALTER TABLE mails DROP CONSTRAINT one_mail_each`,
		`INSERT INTO mails (id, kind, event, noun, subject_id, contact_id, message_id) SELECT gen_random_uuid(), kind, event, noun, subject_id, contact_id, 'another' FROM mails`},
	"a sent letter keeps nothing of what it told": {
		`UPDATE mails SET status = 'sent'`},
	"no letter to an erased address keeps a word or waits for anybody": {
		`UPDATE contacts SET email = NULL WHERE id IN (SELECT contact_id FROM mails)`, `UPDATE mails SET status = 'failed'`},
}

// An exclusion that two people must have decided on, of which nothing tells, and the votes of all there are.
const (
	exclusionInForce = `INSERT INTO exclusions (id, forum_id, status, signals, digest, votes, voters, asked_by, confirmed_by)
SELECT gen_random_uuid(), f.id, 'in_force', '{}', '', 1, 1, a.id, c.id FROM forums f, officials a, officials c
WHERE f.status = 'open' AND a.uid = 'drafter' AND c.uid = 'head'`
	exclusionOfVotes = `INSERT INTO exclusion_votes SELECT e.id, v.opinion_id, v.voter FROM exclusions e, votes v`
)

// lively is a city in which something of everything has happened: the imported square, an open board, a backed suggestion,
// an approved document, a letter.
func lively(t testing.TB) *postgres.Store {
	s := newStore(t)
	operator := pastCity(t, s)
	exec(t, s, `INSERT INTO departments (code, name) VALUES ('parks', '공원과')`)
	if _, err := s.Import(t.Context(), operator, theSquare(t)); err != nil {
		t.Fatal(err)
	}
	id := openForum(t, s)
	exec(t, s, `UPDATE forums SET department = 'road' WHERE id = $1`, id)
	exec(t, s, `INSERT INTO assignments (forum_id, status, department) VALUES ($1, 'accepted', 'road')`, id)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, after) VALUES ('system', '', 'assignment', $1, 'accepted')`, id)
	o := opinionOf(id, "live")
	o.Email = "author@example.org"
	opinion := accept(t, s, o)[0].ID
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "voter"), Choice: forum.For, Idempotency: keyed("vote", "for")})
	if err := s.NoteHits(t.Context(), []forum.NewHit{{Forum: id, Visitor: []byte("v")}}); err != nil {
		t.Fatal(err)
	}
	topic, err := s.ImportSuggestion(t.Context(), operator, forum.PastSuggestion{Status: forum.SuggestionAccepted, Title: "제안", Text: "함께해 주세요.", At: one[time.Time](t, s, `SELECT now()`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Support(t.Context(), forum.NewSupport{Suggestion: topic, Citizen: citizen(t, s, "supporter"), Stands: true, Idempotency: keyed("support", "stands")}); err != nil {
		t.Fatal(err)
	}
	suggest(t, s, "또 하나의 제안")
	approval := postgres.NewID()
	exec(t, s, `
INSERT INTO approvals (id, noun, subject_id, title, status, sha256, content, drafter, document)
SELECT $1, 'dossier', $2, '', 'approved', encode(sha256('{}'), 'hex'), '{}', id, 'road-2026-0001' FROM officials WHERE uid = 'drafter'`, approval, id)
	exec(t, s, `INSERT INTO approval_signers (approval_id, ord, role, official_id, status) SELECT $1, 1, 'approver', id, 'approved' FROM officials WHERE uid = 'head'`, approval)
	exec(t, s, `INSERT INTO document_serials VALUES ('road', 2026, 1)`)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, before, after) VALUES ('system', '', 'approval', $1, 'in_review', 'approved')`, approval)
	return s
}

func TestEachInvariantFindsWhatItIsThereFor(t *testing.T) {
	s := lively(t)
	wellInOrder(t, s)
	names := postgres.InvariantNames()
	for name := range faults {
		if !slices.Contains(names, name) {
			t.Errorf("no invariant is called %q", name)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if faults[name] == nil {
				t.Fatal("nothing shows that it finds anything")
			}
			enough := errors.New("roll it back")
			err := pgx.BeginFunc(t.Context(), s.Pool(), func(tx pgx.Tx) error {
				for _, sql := range faults[name] {
					if done, err := tx.Exec(t.Context(), sql); err != nil || done.RowsAffected() == 0 && done.String() != "ALTER TABLE" {
						t.Fatalf("%s: %v, %v", sql, done, err)
					}
				}
				broken, err := postgres.BrokenInvariants(t.Context(), tx)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(broken, func(v forum.Violation) bool { return v.Name == name && v.Rows > 0 && v.Sample != "" }) {
					t.Errorf("not found; found were %+v", broken)
				}
				return enough
			})
			if !errors.Is(err, enough) {
				t.Error(err)
			}
		})
	}
	wellInOrder(t, s)
}

func TestInvariantsHoldAfterACloseUnderLoad(t *testing.T) {
	s := newStore(t)
	closeUnderLoad(t, s, byEarlyClose, s.AcceptOpinions)
	exec(t, s, `INSERT INTO departments (code, name) VALUES ('road', '도로계획과')`)
	exec(t, s, `UPDATE forums SET department = 'road'`)
	exec(t, s, `INSERT INTO assignments (forum_id, status, department) SELECT id, 'accepted', 'road' FROM forums`)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, after) SELECT 'system', '', 'assignment', id, 'accepted' FROM forums`)
	wellInOrder(t, s)
}
