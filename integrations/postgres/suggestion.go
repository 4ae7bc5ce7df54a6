package postgres

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// keepSuggestion keeps a suggestion with its key and its leaf. A key that was used before returns nothing.
const keepSuggestion = `
WITH numbered AS (
	SELECT nextval('suggestion_numbers') AS number
), keyed AS (
	INSERT INTO idempotency_keys (scope, key, body, answer)
	SELECT @scope, @key, @body, jsonb_build_object('id', @id::uuid, 'number', shown_number(number, statement_timestamp(), 6),
		'receipt', @receipt::text, 'status', 'submitted', 'accepted_at', statement_timestamp())
	FROM numbered
	ON CONFLICT ON CONSTRAINT one_answer_per_key DO NOTHING
	RETURNING answer
), leaf AS (
	INSERT INTO log_pending (subject_id, kind, version, accepted_at, commitment)
	SELECT @id, 'suggestion', @version, statement_timestamp(), @commitment FROM keyed
), kept AS (
	INSERT INTO suggestions (id, number, track, kind, title, text, pseudonym, lang, contact_id, official_id, receipt, salt, submitted_at, due,
		channel, received_on)
	SELECT @id, number, @track, @kind, @title, @text, @pseudonym, @lang, @contact, @official, @receipt, @salt, statement_timestamp(),
		statement_timestamp() + @target::interval, @channel, nullif(@received, '')::date
	FROM numbered, keyed
)
SELECT answer FROM keyed`

// Suggest takes a suggestion. A key that was used before gets the answer it got then; with another body it is refused as
// Invalid.
func (s *Store) Suggest(ctx context.Context, n forum.NewSuggestion) (forum.Accepted, error) {
	n.Lang = langOr(n.Lang)
	n.Track, n.Kind = cmp.Or(n.Track, forum.General), cmp.Or(n.Kind, forum.ByCitizen)
	if n.Idempotency.Key == "" {
		return forum.Accepted{}, forum.Refuse(forum.Invalid, "idempotency.missing").At("Idempotency-Key")
	}
	if err := n.Validate(); err != nil {
		return forum.Accepted{}, err
	}
	var outcome forum.Outcome[forum.Accepted]
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if n.Official != "" {
			if err := onCitysDay(ctx, tx, n.ValidateEntry); err != nil {
				return err
			}
		}
		earlier, err := earlierAnswers(ctx, tx, []writeKey{keyOf(n.Idempotency)})
		if err != nil {
			return err
		}
		if before, used := earlier[keyOf(n.Idempotency)]; used {
			outcome, err = s.answeredBefore(n, before)
			return err
		}
		outcome, err = s.keep(ctx, tx, n)
		return err
	})
	if err != nil {
		return forum.Accepted{}, err
	}
	return outcome.Answer, outcome.Err
}

func (s *Store) answeredBefore(n forum.NewSuggestion, before earlierAnswer) (forum.Outcome[forum.Accepted], error) {
	if !bytes.Equal(before.body, s.bodyOf(forum.LeafSuggestion, "", n.Idempotency)) {
		return forum.Outcome[forum.Accepted]{Err: otherBody()}, nil
	}
	return acceptedFrom(before.answer, true)
}

func (s *Store) keep(ctx context.Context, tx pgx.Tx, n forum.NewSuggestion) (forum.Outcome[forum.Accepted], error) {
	var none forum.Outcome[forum.Accepted]
	contact, err := n.Citizen, error(nil)
	if n.Email != "" {
		if contact, err = contactFor(ctx, tx, n.Email, n.Lang); err != nil {
			return none, err
		}
	}
	id, receipt, salt := NewID(), newReceipt(), randomBytes(16)
	var answer []byte
	err = tx.QueryRow(ctx, keepSuggestion, pgx.NamedArgs{"scope": notNil(n.Idempotency.Scope), "key": n.Idempotency.Key,
		"body": s.bodyOf(forum.LeafSuggestion, "", n.Idempotency), "id": id, "receipt": string(receipt), "version": forum.LeafVersion,
		"commitment": forum.CommitSuggestion(salt, id, n), "track": string(n.Track), "kind": string(n.Kind), "title": n.Title, "text": n.Text,
		"pseudonym": n.Pseudonym, "lang": n.Lang, "contact": orNull(contact), "official": orNull(n.Official), "salt": salt,
		"target": s.pace.Days(forum.ScreeningTargetDays), "channel": string(n.Entry.Channel), "received": n.Entry.Received}).Scan(&answer)
	if ignoreNoRows(err) == nil && err != nil { // the same key came in at the same moment
		earlier, err := earlierAnswers(ctx, tx, []writeKey{keyOf(n.Idempotency)})
		if err != nil {
			return none, err
		}
		return s.answeredBefore(n, earlier[keyOf(n.Idempotency)])
	}
	if err != nil {
		return none, err
	}
	outcome, err := acceptedFrom(answer, false)
	if err != nil {
		return none, err
	}
	if n.Official != "" {
		err := note(ctx, tx, byOfficial(forum.Official{ID: n.Official}, n.Entry.From), change{action: forum.EnterSuggestion, noun: forum.TheSuggestion,
			subject: id, after: string(forum.SuggestionSubmitted)})
		if err != nil {
			return none, err
		}
	}
	if n.Email == "" {
		return outcome, nil
	}
	return outcome, enqueue(ctx, tx, letter{kind: forum.MailSuggestionReceived, event: "suggestion.received:" + string(id), noun: forum.TheSuggestion,
		subject: id, contact: contact, lang: n.Lang, data: map[string]string{"title": n.Title, "number": outcome.Answer.Number, "receipt": string(receipt)}})
}

// suggestionColumns are what scanSuggestion reads, of suggestions g with their shown counts c.
const suggestionColumns = `g.id, shown_number(g.number, g.submitted_at, 6), g.status, g.track, g.kind, g.title, g.text, g.pseudonym, g.lang,
	coalesce(c.supports, 0), g.submitted_at, g.due, g.reason, coalesce(g.merged_into::text, ''),
	coalesce((SELECT f.id::text FROM forums f WHERE f.suggestion_id = g.id), ''), g.channel, coalesce(g.received_on::text, ''),
	CASE WHEN g.channel = '' THEN '' ELSE coalesce((SELECT e.name FROM officials e WHERE e.id = g.official_id), '') END`

const fromSuggestions = ` FROM suggestions g LEFT JOIN support_counts c ON c.suggestion_id = g.id `

// scanSuggestion reads a suggestion, and after it whatever else the query asks for.
func scanSuggestion(row pgx.Row, also ...any) (forum.Suggestion, error) {
	var g forum.Suggestion
	var due *time.Time
	err := row.Scan(append([]any{&g.ID, &g.Number, &g.Status, &g.Track, &g.Kind, &g.Title, &g.Text, &g.Pseudonym, &g.Lang, &g.Supports,
		&g.SubmittedAt, &due, &g.Reason, &g.MergedInto, &g.Forum, &g.Channel, &g.ReceivedOn, &g.EnteredBy}, also...)...)
	g.Due = instant(due)
	return g, err
}

// publicSuggestions are the statuses that citizens may list.
var publicSuggestions = []string{string(forum.SuggestionAccepted), string(forum.SuggestionShortlisted), string(forum.SuggestionSelected),
	string(forum.SuggestionNotSelected)}

// Suggestions lists the newest first, and tells how many there are in all. Citizens get what is public.
func (s *Store) Suggestions(ctx context.Context, filter forum.SuggestionFilter) ([]forum.Suggestion, int, error) {
	size := pageSize(filter.Size)
	rows, err := s.pool.Query(ctx, `
SELECT `+suggestionColumns+`, count(*) OVER ()`+fromSuggestions+`
WHERE (@staff OR g.status = ANY(@public)) AND (@status = '' OR g.status = @status) AND (@track = '' OR g.track = @track)
	AND (@query = '' OR strpos(lower(g.title || ' ' || g.text), @query) > 0)
ORDER BY g.submitted_at DESC, g.id DESC LIMIT @size OFFSET @skip`,
		pgx.NamedArgs{"staff": filter.Staff, "public": publicSuggestions, "status": string(filter.Status), "track": string(filter.Track),
			"query": strings.ToLower(filter.Query), "size": size, "skip": size * max(filter.Page-1, 0)})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Suggestion, error) { return scanSuggestion(row, &total) })
	return all, total, translate(err)
}

// Suggestion gives one; to citizens only what is public, anything else is NotFound.
func (s *Store) Suggestion(ctx context.Context, id forum.ID, staff bool) (forum.Suggestion, error) {
	g, err := scanSuggestion(s.pool.QueryRow(ctx, `SELECT `+suggestionColumns+fromSuggestions+`WHERE g.id = $1`, id))
	if err == nil && !staff && !g.Status.IsPublic() {
		return forum.Suggestion{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return g, translate(found(err))
}

// similarAmong is how many suggestions, the newest, are compared with a new one; similarEnough is the least overlap.
const (
	similarAmong  = 2000
	similarEnough = 0.12
)

// SimilarSuggestions gives up to n public suggestions that share most with a text, the most similar first. It compares pairs
// of letters within words, which particles and endings of Korean words change little.
func (s *Store) SimilarSuggestions(ctx context.Context, text string, n int) ([]forum.Suggestion, error) {
	wanted := letterPairs(text)
	if len(wanted) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
SELECT `+suggestionColumns+fromSuggestions+`WHERE g.status = ANY($1) ORDER BY g.submitted_at DESC, g.id DESC LIMIT $2`, publicSuggestions, similarAmong)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Suggestion, error) { return scanSuggestion(row) })
	return mostAlike(all, wanted, func(g forum.Suggestion) string { return g.Title + " " + g.Text }, n), translate(err)
}

// mostAlike gives up to n of all whose text shares most with what is wanted, the most similar first.
func mostAlike[T any](all []T, wanted map[[2]rune]bool, text func(T) string, n int) []T {
	type likeness struct {
		one   T
		share float64
	}
	var similar []likeness
	for _, one := range all {
		if share := overlap(wanted, letterPairs(text(one))); share >= similarEnough {
			similar = append(similar, likeness{one, share})
		}
	}
	slices.SortStableFunc(similar, func(a, b likeness) int { return cmp.Compare(b.share, a.share) })
	var found []T
	for _, l := range similar[:min(n, len(similar))] {
		found = append(found, l.one)
	}
	return found
}

// letterPairs are the pairs of neighbouring letters within the words of a text, each once.
func letterPairs(text string) map[[2]rune]bool {
	pairs := map[[2]rune]bool{}
	var last rune
	for _, r := range strings.ToLower(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			last = 0
			continue
		}
		if last != 0 {
			pairs[[2]rune{last, r}] = true
		}
		last = r
	}
	return pairs
}

// overlap is the Jaccard index: of all that either has, the share that both have.
func overlap(a, b map[[2]rune]bool) float64 {
	both := 0
	for pair := range a {
		if b[pair] {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// WithdrawSuggestion takes an accepted suggestion back for its author, who proves it by the receipt; once a round has it on its
// shortlist it stands. A document that would start it as an urgent topic is void.
func (s *Store) WithdrawSuggestion(ctx context.Context, receipt forum.Receipt) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var id forum.ID
		var status forum.SuggestionStatus
		err := tx.QueryRow(ctx, `SELECT id, status FROM suggestions WHERE receipt = $1 FOR UPDATE`, string(receipt)).Scan(&id, &status)
		switch {
		case err != nil:
			return receiptFound(err)
		case status != forum.SuggestionWithdrawn && !forum.SuggestionSteps.Allows(status, forum.SuggestionWithdrawn):
			return forum.Refuse(forum.Conflict, "suggestion.not_withdrawable")
		}
		moved, err := suggestionLife.move(ctx, tx, byCitizen, step[forum.SuggestionStatus]{id: id, to: forum.SuggestionWithdrawn, action: forum.WithdrawSuggestion})
		if err != nil || !moved {
			return err
		}
		return voidApprovals(ctx, tx, byCitizen, id, forum.TheUrgent)
	})
}
