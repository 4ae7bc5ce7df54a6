package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

var byImport = actor{kind: "import"}

// importing is one import on its way: what it notes on the trail is written in the order in which it happened.
type importing struct {
	*Store
	tx    pgx.Tx
	by    forum.Official
	now   time.Time
	past  forum.PastForum
	id    forum.ID
	trail []pastChange
}

type pastChange struct {
	change
	at time.Time
}

// Import brings in a forum that began elsewhere, in any status, with everything that has happened to it. The trail tells each
// step as the import's, the ledger has a leaf of its own kind for each opinion and its votes, and whoever is waited for now is
// owed. Nobody is mailed about the past.
func (s *Store) Import(ctx context.Context, by forum.Official, past forum.PastForum) (forum.ID, error) {
	if err := by.May(forum.ImportForum, ""); err != nil {
		return "", err
	}
	var id forum.ID
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		if err := past.Validate(at); err != nil {
			return err
		}
		past.Track, past.Lang = cmp.Or(past.Track, forum.General), langOr(past.Lang)
		past.Identity, past.Moderation = cmp.Or(past.Identity, forum.IdentityEmail), cmp.Or(past.Moderation, forum.ModerateAfter)
		i := importing{Store: s, tx: tx, by: by, now: at, past: past, id: NewID()}
		id = i.id
		return i.run(ctx)
	})
	return id, err
}

// ImportSuggestion brings in a suggestion of any status, with its supports by count.
func (s *Store) ImportSuggestion(ctx context.Context, by forum.Official, past forum.PastSuggestion) (forum.ID, error) {
	if err := by.May(forum.ImportForum, ""); err != nil {
		return "", err
	}
	if past.Status == forum.SuggestionSelected {
		return "", fmt.Errorf("import %q: a selected suggestion comes with its forum", past.Title)
	}
	var id forum.ID
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		i := importing{Store: s, tx: tx, by: by}
		var err error
		if id, err = i.suggestion(ctx, past); err != nil {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, ""), change{action: forum.ImportForum, noun: forum.TheSuggestion, subject: id}); err != nil {
			return err
		}
		return i.writeTrail(ctx)
	})
	return id, err
}

func (i *importing) run(ctx context.Context) error {
	for _, part := range []func(context.Context) error{i.forum, i.assignment, i.dossier, i.opinions, i.hits, i.counts, i.analysis, i.awards,
		i.response, i.milestones, i.writeTrail, i.owe} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("import %q: %w", i.past.Title, err)
		}
	}
	return nil
}

// reached says whether the forum has been in a status, and when it came into it.
func (i *importing) reached(status forum.ForumStatus) (time.Time, bool) {
	for _, step := range i.past.Trail(i.now) {
		if step.To == status {
			return step.At, true
		}
	}
	return time.Time{}, false
}

func (i *importing) happened(at time.Time, c change) {
	c.action, c.forum = forum.ImportForum, i.id
	i.trail = append(i.trail, pastChange{c, at})
}

// lived notes the steps of one row's life, all at one instant.
func lived[S ~string](i *importing, at time.Time, noun forum.Noun, subject forum.ID, way ...S) {
	before := S("")
	for _, status := range way {
		i.happened(at, change{noun: noun, subject: subject, before: string(before), after: string(status)})
		before = status
	}
}

func (i *importing) forum(ctx context.Context) error {
	p := i.past
	var suggestion forum.ID
	if p.Suggestion != nil {
		topic := *p.Suggestion
		topic.Status, topic.Track, topic.Lang = forum.SuggestionSelected, p.Track, cmp.Or(topic.Lang, p.Lang)
		var err error
		if suggestion, err = i.suggestion(ctx, topic); err != nil {
			return err
		}
	}
	trail := p.Trail(i.now)
	for _, step := range trail {
		reason := ""
		if step.To == forum.Suspended || step.To == forum.Withdrawn {
			reason = p.Reason
		}
		i.happened(step.At, change{noun: forum.TheForum, subject: i.id, before: string(step.From), after: string(step.To), reason: reason})
	}
	var closed, suspended *time.Time
	if at, ok := i.reached(forum.Closed); ok {
		closed = &at
	}
	if at, ok := i.reached(forum.Suspended); ok {
		suspended = &at
	}
	department := p.Department
	if _, ok := i.reached(forum.Preparing); !ok {
		department = "" // nobody has accepted it yet
	}
	_, err := i.tx.Exec(ctx, `
INSERT INTO forums (id, status, track, lang, title, title_en, summary, summary_en, identity, moderation, department, suggestion_id, opens_at, closes_at,
	suspended_at, closed_at, reason, voter_key, imported, created_at)
VALUES (@id, @status, @track, @lang, @title, @title_en, @summary, @summary_en, @identity, @moderation, @department, @suggestion, @opens, @closes,
	@suspended, @closed, @reason, @key, true, @created)`,
		pgx.NamedArgs{"id": i.id, "status": string(p.Status), "track": string(p.Track), "lang": p.Lang, "title": p.Title, "title_en": p.TitleEn,
			"summary": p.Summary, "summary_en": p.SummaryEn, "identity": string(p.Identity), "moderation": string(p.Moderation),
			"department": department, "suggestion": orNull(suggestion), "opens": timeOrNull(p.OpensAt), "closes": timeOrNull(p.ClosesAt),
			"suspended": suspended, "closed": closed, "reason": p.Reason, "key": i.keyID, "created": trail[0].At})
	if err != nil {
		return err
	}
	return note(ctx, i.tx, byOfficial(i.by, ""), change{action: forum.ImportForum, noun: forum.TheForum, subject: i.id, forum: i.id})
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func (i *importing) assignment(ctx context.Context) error {
	proposedAt, proposed := i.reached(forum.Assigning)
	if !proposed || i.past.Department == "" {
		return nil
	}
	head, err := headOfKnown(ctx, i.tx, i.past.Department)
	if err != nil {
		return err
	}
	status := forum.AssignmentProposed
	lived(i, proposedAt, forum.TheAssignment, i.id, status)
	if at, accepted := i.reached(forum.Preparing); accepted {
		status = forum.AssignmentAccepted
		i.happened(at, change{noun: forum.TheAssignment, subject: i.id, before: string(forum.AssignmentProposed), after: string(status)})
	}
	_, err = i.tx.Exec(ctx, `INSERT INTO assignments (forum_id, status, department, addressee, proposed_at) VALUES ($1, $2, $3, $4, $5)`,
		i.id, string(status), i.past.Department, orNull(head), proposedAt)
	return err
}

// counts freezes the figures of a forum that has closed, and counts the others as the tally would.
func (i *importing) counts(ctx context.Context) error {
	if closedAt, closed := i.reached(forum.Closed); closed {
		return i.freeze(ctx, i.tx, i.id, closedAt)
	}
	return i.countOpen(ctx, i.tx, i.id)
}

// analysis ranks what was analysed before; a forum that is being analysed now leaves it to its procedure.
func (i *importing) analysis(ctx context.Context) error {
	at, analysed := i.reached(forum.Awarding)
	if !analysed {
		return nil
	}
	ranked, copies, err := i.ranking(ctx)
	if err != nil {
		return err
	}
	best := []rankedRow{}
	for _, r := range ranked[:min(len(ranked), bestKept)] {
		best = append(best, rankedRow{Opinion: forum.ID(r.ID), Rank: r.Rank, Bound: r.Score})
	}
	terms := i.past.Terms
	if terms == nil {
		terms = []forum.TermFigures{}
	}
	if copies == nil {
		copies = [][]string{}
	}
	_, err = i.tx.Exec(ctx, `UPDATE analyses SET terms = $2, reposts = $3, best = $4, made_at = $5 WHERE forum_id = $1`, i.id, terms, copies, best, at)
	return err
}

func (i *importing) ranking(ctx context.Context) ([]analysis.Ranked, [][]string, error) {
	rows, err := i.tx.Query(ctx, `SELECT `+opinionColumns+fromOpinions+`WHERE o.forum_id = $1 AND o.status = 'published' ORDER BY o.accepted_at, o.id`, i.id)
	if err != nil {
		return nil, nil, err
	}
	var tallies []analysis.Tally
	var said []analysis.Text
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return i.opinionFrom(row) })
	for _, o := range all {
		tallies = append(tallies, analysis.Tally{ID: string(o.ID), For: o.For, Against: o.Against, At: o.AcceptedAt})
		said = append(said, analysis.Text{ID: string(o.ID), Title: o.Title, Body: o.Text, At: o.AcceptedAt})
	}
	return analysis.Rank(tallies), analysis.Reposts(said), err
}

// writeTrail writes what happened in the order in which it did.
func (i *importing) writeTrail(ctx context.Context) error {
	slices.SortStableFunc(i.trail, func(a, b pastChange) int { return a.at.Compare(b.at) })
	for _, c := range i.trail {
		_, err := i.tx.Exec(ctx, `
INSERT INTO audit (at, by_kind, action, noun, subject_id, forum_id, before, after, reason)
VALUES (@at, @kind, @action, @noun, @subject, @forum, @before, @after, @reason)`,
			pgx.NamedArgs{"at": c.at, "kind": byImport.kind, "action": c.action, "noun": c.noun, "subject": c.subject, "forum": orNull(c.forum),
				"before": c.before, "after": c.after, "reason": c.reason})
		if err != nil {
			return err
		}
	}
	return nil
}
