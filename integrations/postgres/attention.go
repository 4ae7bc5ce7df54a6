package postgres

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Park shows a procedure's step as "needs attention" until it is done after all.
func (s *Store) Park(ctx context.Context, a forum.Attention) error {
	_, err := s.pool.Exec(ctx, `
INSERT INTO attention (workflow_id, noun, subject_id, step, problem) VALUES (@workflow, @noun, @subject, @step, @problem)
ON CONFLICT (workflow_id) DO UPDATE SET step = excluded.step, problem = excluded.problem,
	since = CASE WHEN attention.step = excluded.step THEN attention.since ELSE now() END`,
		pgx.NamedArgs{"workflow": a.Workflow, "noun": a.Noun, "subject": a.Subject, "step": a.Step, "problem": a.Problem})
	return translate(err)
}

// Unpark takes it off the page.
func (s *Store) Unpark(ctx context.Context, workflow string) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM attention WHERE workflow_id = $1`, workflow)
	return translate(err)
}

// Attention lists the parked steps, the oldest first.
func (s *Store) Attention(ctx context.Context) ([]forum.Attention, error) {
	rows, err := s.pool.Query(ctx, `
SELECT n.workflow_id, n.noun, n.subject_id, n.step, n.problem, n.since, COALESCE(`+ownTitle("n.noun", "n.subject_id")+`, '')
FROM attention n ORDER BY n.since, n.workflow_id`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Attention])
	return all, translate(err)
}

// unfinished lists the rows of each noun that aren't final and so need a running procedure. Ready ones wait for something that is
// true in the database already, so whoever waits must be woken: a decided wait, an instant that has come, a reminder that is due.
var unfinished = map[forum.Noun]string{
	forum.TheForum: `
SELECT f.id, ` + readyNow + ` OR f.status = 'scheduled' AND f.opens_at <= ` + inVain + ` OR f.status = 'open' AND f.closes_at <= ` + inVain + `
	OR ` + reminderDue("'forum'", "f.id") + `
FROM forums f WHERE f.status = ANY(@forums) AND f.id > @after ORDER BY f.id LIMIT @most`,
	forum.TheRound: `
SELECT r.id, r.status = 'scoring' AND (r.deadline <= ` + inVain + ` OR NOT EXISTS (
		SELECT FROM owed w WHERE w.noun = 'round' AND w.subject_id = r.id AND w.kind = @score AND w.done_at IS NULL))
	OR ` + reminderDue("'round'", "r.id") + `
FROM rounds r WHERE r.status = ANY(@rounds) AND r.id > @after ORDER BY r.id LIMIT @most`,
	forum.TheApproval: `
SELECT a.id, ` + reminderDue("'approval'", "a.id") + ` FROM approvals a WHERE (a.status = ANY(@approvals) OR ` + openAlarm + `) AND a.id > @after ORDER BY a.id LIMIT @most`,
	forum.TheAward: `
SELECT a.id, a.status = 'decided' OR a.status = 'offered' AND a.answer_by <= ` + inVain + ` FROM awards a WHERE ` + awardWaits + ` AND a.id > @after ORDER BY a.id LIMIT @most`,
	forum.TheInvitation: `
SELECT i.id, i.status IN ('invited', 'drafted') AND least(i.answer_by, i.remind_at) <= ` + inVain + ` OR ` + reminderDue("'invitation'", "i.id") + `
FROM invitations i WHERE i.status = ANY(@invitations) AND NOT ` + settledInvitation + ` AND i.id > @after ORDER BY i.id LIMIT @most`,
}

// inVain is how long a procedure's own timer has been due when nobody believes in it any more. Waking a thousand that are just
// about to act would only hold them up.
const inVain = `now() - interval '1 minute'`

// Unfinished gives most of the noun's unfinished rows whose id comes after another's. One that is parked isn't Ready: a person's
// Retry is what it waits for, or its own patience.
func (s *Store) Unfinished(ctx context.Context, noun forum.Noun, after forum.ID, most int) ([]forum.Unfinished, error) {
	const beforeAll = "00000000-0000-0000-0000-000000000000"
	args := pgx.NamedArgs{"forums": texts(forum.ForumSteps.Open()), "rounds": texts(forum.RoundSteps.Open()),
		"approvals": texts(forum.ApprovalSteps.Open()), "score": forum.ScoreTopic,
		"invitations": texts(forum.InvitationSteps.Open()), "after": cmp.Or(after, beforeAll), "most": most, "noun": noun}
	rows, err := s.pool.Query(ctx, `
SELECT u.id, u.ready AND NOT EXISTS (SELECT FROM attention n WHERE n.noun = @noun AND n.subject_id = u.id)
FROM (`+unfinished[noun]+`) AS u (id, ready)`, args)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Unfinished, error) {
		u := forum.Unfinished{Start: forum.Start{Noun: noun}}
		err := row.Scan(&u.ID, &u.Ready)
		return u, err
	})
	return all, translate(err)
}

// reminderDue says in SQL whether a reminder of a procedure's row is due.
func reminderDue(noun, subject string) string {
	return `EXISTS (SELECT FROM owed w WHERE w.noun = ` + noun + ` AND w.subject_id = ` + subject + ` AND w.next_at <= ` + inVain + `
	AND w.done_at IS NULL AND w.paused_at IS NULL)`
}
