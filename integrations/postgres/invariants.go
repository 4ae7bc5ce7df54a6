package postgres

import (
	"context"
	_ "embed"
	"strings"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

//go:embed invariants.sql
var invariants string

// allowedSteps is the invariant that the step tables check.
const allowedSteps = "each step on the trail is one that the rules allow"

// Invariants checks what must hold after every run, whatever happened in it. It gives those that don't: none when all is
// well. Shown tallies are derived a moment later, so call Tally before.
func (s *Store) Invariants(ctx context.Context) ([]forum.Violation, error) {
	var broken []forum.Violation
	// One snapshot for all: what is accepted meanwhile is in every table or in none.
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		broken, err = brokenInvariants(ctx, tx)
		return err
	})
	return broken, translate(err)
}

func brokenInvariants(ctx context.Context, q querier) ([]forum.Violation, error) {
	var broken []forum.Violation
	for _, rule := range readInvariants() {
		v := forum.Violation{Name: rule.name}
		err := q.QueryRow(ctx, `SELECT count(*), coalesce(min(id::text), '') FROM (`+rule.query+`) AS broken (id)`).Scan(&v.Rows, &v.Sample)
		if err != nil {
			return nil, err
		}
		if v.Rows > 0 {
			broken = append(broken, v)
		}
	}
	forbidden, err := forbiddenSteps(ctx, q)
	if forbidden.Rows > 0 {
		broken = append(broken, forbidden)
	}
	return broken, err
}

type invariant struct{ name, query string }

func readInvariants() []invariant {
	var all []invariant
	for block := range strings.SplitSeq(invariants, "-- name: ") {
		name, query, _ := strings.Cut(block, "\n")
		if query, _, whole := strings.Cut(query, ";\n"); whole {
			all = append(all, invariant{strings.TrimSpace(name), query})
		}
	}
	return all
}

// forbiddenSteps looks on the trail for steps that the step tables don't have.
func forbiddenSteps(ctx context.Context, q querier) (forum.Violation, error) {
	v := forum.Violation{Name: allowedSteps}
	rows, err := q.Query(ctx, `SELECT noun, before, after, count(*), min(subject_id::text) FROM audit WHERE before NOT IN ('', 'waiting') AND after <> '' AND before <> after GROUP BY 1, 2, 3`)
	if err != nil {
		return v, err
	}
	var noun forum.Noun
	var before, after, sample string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&noun, &before, &after, &n, &sample}, func() error {
		if allows, known := stepsOf[noun]; known && !allows(before, after) {
			v.Rows += n
			v.Sample = sample
		}
		return nil
	})
	return v, err
}

var stepsOf = map[forum.Noun]func(from, to string) bool{
	forum.TheSuggestion: allows(forum.SuggestionSteps), forum.TheRound: allows(forum.RoundSteps), forum.TheForum: allows(forum.ForumSteps),
	forum.TheAssignment: allows(forum.AssignmentSteps), forum.TheDossier: allows(forum.DossierSteps), forum.TheApproval: allows(forum.ApprovalSteps),
	forum.TheOpinion: allows(forum.OpinionSteps), forum.TheAward: allows(forum.AwardSteps), forum.TheResponse: allows(forum.ResponseSteps),
	forum.TheMilestone: allows(forum.MilestoneSteps), forum.TheMail: allows(forum.MailSteps),
	forum.TheInvitation: allows(forum.InvitationSteps), forum.TheExclusion: allows(forum.ExclusionSteps),
}

func allows[S ~string](steps forum.Steps[S]) func(from, to string) bool {
	return func(from, to string) bool { return steps.Allows(S(from), S(to)) }
}
