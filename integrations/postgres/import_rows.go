package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/forum/analysis"
)

// suggestion keeps a past suggestion with its supports. Supporters are as few as the count allows, and nobody's in particular.
func (i *importing) suggestion(ctx context.Context, p forum.PastSuggestion) (forum.ID, error) {
	p.Track, p.Kind, p.Lang = cmp.Or(p.Track, forum.General), cmp.Or(p.Kind, forum.ByCitizen), langOr(p.Lang)
	id, salt := NewID(), randomBytes(16)
	for _, step := range p.Trail() {
		reason := ""
		if step.To == p.Status {
			reason = p.Reason
		}
		i.trail = append(i.trail, pastChange{change{action: forum.ImportForum, noun: forum.TheSuggestion, subject: id, before: string(step.From),
			after: string(step.To), reason: reason}, step.At})
	}
	_, err := i.tx.Exec(ctx, `
WITH leaf AS (
	INSERT INTO log_pending (subject_id, kind, version, accepted_at, commitment) VALUES (@id, @leaf, @version, now(), @commitment)
)
INSERT INTO suggestions (id, track, kind, status, title, text, pseudonym, lang, receipt, salt, submitted_at, due, reason, merged_into)
VALUES (@id, @track, @kind, @status, @title, @text, @pseudonym, @lang, @receipt, @salt, @at::timestamptz, @at::timestamptz + @target::interval, @reason, @into)`,
		pgx.NamedArgs{"id": id, "leaf": string(forum.LeafImportedTopic), "version": forum.LeafVersion,
			"commitment": forum.CommitImportedTopic(salt, id, p), "track": string(p.Track), "kind": string(p.Kind), "status": string(p.Status),
			"title": p.Title, "text": p.Text, "pseudonym": p.Pseudonym, "lang": p.Lang, "receipt": string(newReceipt()), "salt": salt,
			"at": p.At, "target": i.pace.Days(forum.ScreeningTargetDays), "reason": p.Reason, "into": orNull(p.MergedInto)})
	if err != nil || p.Supports == 0 {
		return id, err
	}
	ids, voters := make([]string, p.Supports), make([][]byte, p.Supports)
	for n := range ids {
		ids[n] = string(NewID())
		if voters[n], err = i.personKey(i.keyID, supporters, nobody(n)); err != nil {
			return id, err
		}
	}
	_, err = i.tx.Exec(ctx, `
WITH backed AS (
	SELECT * FROM unnest(@ids::uuid[], @voters::bytea[]) AS b (id, voter)
), kept AS (
	INSERT INTO supports (suggestion_id, voter, stands, accepted_at) SELECT @suggestion, voter, true, @at FROM backed
), counted AS (
	INSERT INTO support_counts (suggestion_id, supports) SELECT @suggestion, count(*) FROM backed
)
INSERT INTO support_changes (id, suggestion_id, voter, stands, accepted_at, salt, imported) SELECT id, @suggestion, voter, true, @at, '', true FROM backed`,
		pgx.NamedArgs{"ids": ids, "voters": voters, "suggestion": id, "at": p.At})
	return id, err
}

// nobody is the nth of the people whom an import knows by number alone.
func nobody(n int) []byte { return []byte("import:" + strconv.Itoa(n)) }

// until is how far the forum's time has come.
func (i *importing) until() time.Time {
	until := i.past.ClosesAt
	if at, suspended := i.reached(forum.Suspended); suspended {
		until = at
	}
	if i.now.Before(until) {
		until = i.now
	}
	return until
}

// opinions keeps the past opinions and the votes on them. Their transaction is 0, which any tally has seen: counts has counted them.
func (i *importing) opinions(ctx context.Context) error {
	n := len(i.past.Opinions)
	if n == 0 {
		return nil
	}
	strs := func() []string { return make([]string, n) }
	raws := func() [][]byte { return make([][]byte, n) }
	ids, statuses, titles, texts, pseudonyms, districts, langs, receipts, reasons := strs(), strs(), strs(), strs(), strs(), strs(), strs(), strs(), strs()
	authors, salts, commitments := raws(), raws(), raws()
	accepted := make([]time.Time, n)
	version := 0
	if _, announced := i.reached(forum.Scheduled); announced {
		version = min(len(i.past.Dossier), 1)
	}
	for k := range i.past.Opinions {
		o := &i.past.Opinions[k]
		o.Status, o.Lang = cmp.Or(o.Status, forum.OpinionPublished), cmp.Or(o.Lang, i.past.Lang)
		id := NewID()
		author, err := i.personKey(i.keyID, string(i.id), []byte("import:author:"+cmp.Or(o.Pseudonym, string(id))))
		if err != nil {
			return err
		}
		ids[k], statuses[k], titles[k], texts[k], pseudonyms[k], districts[k] = string(id), string(o.Status), o.Title, o.Text, o.Pseudonym, o.District
		langs[k], receipts[k], reasons[k], authors[k], salts[k], accepted[k] = o.Lang, string(newReceipt()), o.Reason, author, randomBytes(16), o.At
		commitments[k] = forum.CommitOpinion(salts[k], forum.LeafImportedOpinion, id, forum.NewOpinion{Forum: i.id, Lang: o.Lang, Title: o.Title,
			Text: o.Text, Pseudonym: o.Pseudonym, District: o.District})
		if o.Status == forum.OpinionHidden || o.Status == forum.OpinionWithdrawn {
			i.happened(o.At, change{noun: forum.TheOpinion, subject: id, before: string(forum.OpinionPublished), after: string(o.Status), reason: o.Reason})
		}
	}
	_, err := i.tx.Exec(ctx, `
WITH past AS (
	SELECT * FROM unnest(@ids::uuid[], @statuses::text[], @titles::text[], @texts::text[], @pseudonyms::text[], @districts::text[], @langs::text[],
		@authors::bytea[], @receipts::text[], @salts::bytea[], @commitments::bytea[], @accepted::timestamptz[], @reasons::text[]) WITH ORDINALITY
	AS p (id, status, title, text, pseudonym, district, lang, author, receipt, salt, commitment, accepted_at, reason, n)
), leaves AS (
	INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment) SELECT id, @leaf, @leaf_version, @forum, now(), commitment FROM past
)
INSERT INTO opinions (id, forum_id, status, title, text, pseudonym, district, lang, author, dossier_version, receipt, salt, accepted_at, reason, tx)
SELECT id, @forum, status, title, text, pseudonym, district, lang, author, @version, receipt, salt, accepted_at, reason, '0' FROM past ORDER BY n`,
		pgx.NamedArgs{"ids": ids, "statuses": statuses, "titles": titles, "texts": texts, "pseudonyms": pseudonyms, "districts": districts,
			"langs": langs, "authors": authors, "receipts": receipts, "salts": salts, "commitments": commitments, "accepted": accepted,
			"reasons": reasons, "leaf": string(forum.LeafImportedOpinion), "leaf_version": forum.LeafVersion, "forum": i.id, "version": version})
	if err != nil {
		return err
	}
	entries := make([][]any, n)
	for k, o := range i.past.Opinions {
		entries[k] = []any{ids[k], gramsOf(i.id, o.Title, o.Text)}
	}
	if err := indexEntries(ctx, i.tx, entries); err != nil {
		return err
	}
	return i.votes(ctx, ids, salts)
}

// votes spreads each opinion's votes over the time that was left for them. Voters are as few as the counts allow.
func (i *importing) votes(ctx context.Context, opinions []string, salts [][]byte) error {
	var ids, voted, leaves []string
	var voters, commitments [][]byte
	var choices []int16
	var cast []time.Time
	for k, o := range i.past.Opinions {
		n := o.For + o.Against
		if n == 0 {
			continue
		}
		leaves = append(leaves, opinions[k])
		commitments = append(commitments, forum.CommitImportedVotes(salts[k], forum.ID(opinions[k]), o.For, o.Against))
		for v := range n {
			voter, err := i.personKey(i.keyID, string(i.id), nobody(v))
			if err != nil {
				return err
			}
			choice := forum.For
			if v >= o.For {
				choice = forum.Against
			}
			ids, voted, voters, choices = append(ids, string(NewID())), append(voted, opinions[k]), append(voters, voter), append(choices, choice.Sign())
			cast = append(cast, o.At.Add(i.until().Sub(o.At)*time.Duration(v)/time.Duration(n)))
		}
	}
	_, err := i.tx.Exec(ctx, `
WITH past AS (
	SELECT * FROM unnest(@ids::uuid[], @opinions::uuid[], @voters::bytea[], @choices::smallint[], @cast::timestamptz[]) AS p (id, opinion_id, voter, choice, at)
), kept AS (
	INSERT INTO votes (opinion_id, voter, choice, accepted_at) SELECT opinion_id, voter, choice, at FROM past
), leaves AS (
	INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment)
	SELECT id, @leaf, @version, @forum, now(), commitment FROM unnest(@leaves::uuid[], @commitments::bytea[]) AS l (id, commitment)
)
INSERT INTO vote_changes (id, opinion_id, voter, choice, accepted_at, salt, imported, tx)
SELECT id, opinion_id, voter, choice, at, '', true, '0' FROM past`,
		pgx.NamedArgs{"ids": ids, "opinions": voted, "voters": voters, "choices": choices, "cast": cast, "leaves": leaves, "commitments": commitments,
			"leaf": string(forum.LeafImportedVotes), "version": forum.LeafVersion, "forum": i.id})
	return err
}

// hits spreads each day's views over the part of the day that lies within the period.
func (i *importing) hits(ctx context.Context) error {
	var visitors [][]byte
	var seen []time.Time
	for d, date := range analysis.CivilDays(i.past.OpensAt, i.past.ClosesAt, i.zone) {
		if d >= len(i.past.Hits) {
			break
		}
		from := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, i.zone)
		until := from.AddDate(0, 0, 1)
		if from.Before(i.past.OpensAt) {
			from = i.past.OpensAt
		}
		if end := i.until(); end.Before(until) {
			until = end
		}
		for k := range i.past.Hits[d] {
			visitors, seen = append(visitors, randomBytes(16)), append(seen, from.Add(until.Sub(from)*time.Duration(k)/time.Duration(i.past.Hits[d])))
		}
	}
	_, err := i.tx.Exec(ctx, `INSERT INTO hits (forum_id, visitor, seen_at, tx) SELECT @forum, *, '0' FROM unnest(@visitors::bytea[], @seen::timestamptz[])`,
		pgx.NamedArgs{"forum": i.id, "visitors": visitors, "seen": seen})
	return err
}

// awards gives a forum before its jury the candidates by rule, and a later one the prizes that it gave.
func (i *importing) awards(ctx context.Context) error {
	nominatedAt, nominatedOnce := i.reached(forum.Awarding)
	if !nominatedOnce {
		return nil
	}
	ranked, copies, err := i.ranking(ctx)
	if err != nil {
		return err
	}
	rows, err := i.tx.Query(ctx, `SELECT id, encode(author, 'hex') FROM opinions WHERE forum_id = $1 ORDER BY number`, i.id)
	if err != nil {
		return err
	}
	authors := map[string]string{}
	var ids []string
	var id, author string
	if _, err := pgx.ForEachRow(rows, []any{&id, &author}, func() error { authors[id], ids = author, append(ids, id); return nil }); err != nil {
		return err
	}
	bounds := map[string]float64{}
	for _, r := range ranked {
		bounds[r.ID] = r.Score
	}
	if i.past.Status == forum.Awarding {
		for _, c := range analysis.Candidates(analysis.Field{Ranked: ranked, Authors: authors, Reposts: copies}, forum.Prizes+forum.RunnersUp) {
			if err := i.award(ctx, nominatedAt, c.ID, c.Rank, bounds[c.ID], forum.PastAward{}, forum.AwardCandidate); err != nil {
				return err
			}
		}
		return nil
	}
	givenAt, given := i.reached(forum.Responding)
	if !given {
		return nil
	}
	for _, a := range i.past.Awards {
		err := i.award(ctx, givenAt, ids[a.Opinion], a.Rank, bounds[ids[a.Opinion]], a, forum.AwardCandidate, forum.AwardScored, forum.AwardDecided,
			forum.AwardOffered, forum.AwardAccepted, forum.AwardDelivered)
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) award(ctx context.Context, at time.Time, opinion string, byRule int, bound float64, a forum.PastAward, way ...forum.AwardStatus) error {
	id := NewID()
	lived(i, at, forum.TheAward, id, way...)
	var place, offered any
	if a.Rank > 0 {
		place, offered = a.Rank, at
	}
	_, err := i.tx.Exec(ctx, `
INSERT INTO awards (id, forum_id, opinion_id, status, by_rule, bound, place, reason, offered_at, name_shown) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, i.id, opinion, string(way[len(way)-1]), byRule, bound, place, a.Reason, offered, a.NameShown)
	return err
}

// owe begins the waits that fit the status, as the step into it would have.
func (i *importing) owe(ctx context.Context) error {
	owed := func(kind forum.Action) error { return i.oweForum(ctx, i.tx, i.id, kind, i.past.Department) }
	switch i.past.Status {
	case forum.Selected:
		return owed(forum.ProposeDepartment)
	case forum.Assigning:
		head, err := headOfKnown(ctx, i.tx, i.past.Department)
		if err != nil {
			return err
		}
		return i.oweAcceptance(ctx, i.tx, i.id, head)
	case forum.Preparing:
		if err := owed(forum.SubmitDossier); err != nil || !i.past.OpensAt.IsZero() {
			return err
		}
		return owed(forum.SetPeriod)
	case forum.Open, forum.Suspended, forum.Closed:
		if !slices.ContainsFunc(i.past.Opinions, func(o forum.PastOpinion) bool { return o.Status == forum.OpinionHeld }) {
			return nil
		}
		return owed(forum.ModerateOpinion)
	case forum.Analysing:
		return owed(forum.SubmitAnalysis)
	case forum.Awarding:
		if err := i.oweScores(ctx, i.tx, i.id); err != nil {
			return err
		}
		return owed(forum.SubmitAwards)
	case forum.Responding:
		return i.oweResponse(ctx, i.tx, forum.Forum{ID: i.id, Department: i.past.Department})
	case forum.Published:
		return owed(forum.PlanFollowUp)
	case forum.Following:
		return i.oweMilestones(ctx)
	}
	return nil
}

func (i *importing) oweMilestones(ctx context.Context) error {
	for _, m := range i.past.Milestones {
		if m.Status != forum.MilestonePlanned && m.Status != forum.MilestoneLate {
			continue
		}
		err := i.Store.owe(ctx, i.tx, forum.Owed{Noun: forum.TheMilestone, Subject: m.ID, Forum: i.id, Kind: forum.CompleteMilestone,
			Duty: forum.Drafter, Department: i.past.Department, Due: m.Due})
		if err != nil {
			return err
		}
	}
	return nil
}
