package postgres

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acropolis/forum"
)

const searchLock = 0x7365_6172_6368 // "search"

// words are what a text is searched by: without case, between spaces.
func words(text string) []string { return strings.Fields(strings.ToLower(text)) }

// gramsOf are the hashes of a text's characters and pairs of neighbouring characters within its words, on one forum.
func gramsOf(forumID forum.ID, texts ...string) []int64 {
	var grams []int64
	onForum := hashOn(offset, string(forumID))
	for _, text := range texts {
		for _, word := range words(text) {
			before := -1
			for at, r := range word {
				end := at + utf8.RuneLen(r)
				grams = append(grams, int64(hashOn(onForum, word[at:end]))) //nolint:gosec // the bits are what counts
				if before >= 0 {
					grams = append(grams, int64(hashOn(onForum, word[before:end]))) //nolint:gosec // as above
				}
				before = at
			}
		}
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

func gram(forumID forum.ID, text string) int64 {
	return int64(hashOn(hashOn(offset, string(forumID)), text)) //nolint:gosec // the bits are what counts
}

// FNV-1a with 64 bits, as hash/fnv has it; here it goes on from the forum's part, which all characters of a text share.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func hashOn(sum uint64, text string) uint64 {
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * prime
	}
	return sum
}

// question is a search: the hashes that an opinion must have, and the words of which these aren't proof enough.
type question struct {
	grams []int64
	long  []string
}

// ask reads a query. Characters and pairs are looked up as they are; of a longer word only its pairs.
func ask(forumID forum.ID, query string) question {
	var q question
	for _, word := range words(query) {
		all := []rune(word)
		if len(all) == 1 {
			q.grams = append(q.grams, gram(forumID, word))
			continue
		}
		for i := range len(all) - 1 {
			q.grams = append(q.grams, gram(forumID, string(all[i:i+2])))
		}
		if len(all) > 2 {
			q.long = append(q.long, word)
		}
	}
	return q
}

// searchTime is how long a search may take before the reader is asked to come back.
const searchTime = 2 * time.Second

// foundMost is how many opinions a search counts and gives: who needs more asks more precisely.
const foundMost = 1000

// isFound says in SQL that opinion o answers the search.
const isFound = ` AND o.id IN (SELECT opinion_id FROM opinion_search WHERE grams @> @grams::bigint[])
	AND NOT EXISTS (SELECT FROM unnest(@words::text[]) AS w WHERE strpos(lower(o.title || ' ' || o.text), w) = 0)`

// addTo gives a statement what isFound reads.
func (q question) addTo(args pgx.NamedArgs) {
	args["grams"], args["words"] = q.grams, append([]string{}, q.long...)
}

// IndexOpinions brings the search's index up to date. It may run anywhere and at any time; while another process is at it, it
// does nothing.
func (s *Store) IndexOpinions(ctx context.Context) error {
	return translate(s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
			var mine bool
			if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, int64(searchLock)).Scan(&mine); err != nil || !mine {
				return err
			}
			if err := indexNew(ctx, tx); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE search_cursor SET indexed = pg_current_snapshot()`)
			return err
		})
	}))
}

// newOpinions are those that the last run couldn't see. A cluster whose numbers the rows came from may have been another one: what
// is in the index already isn't taken again.
const newOpinions = `
SELECT o.id, o.forum_id, o.title, o.text FROM search_cursor s JOIN opinions o ON s.indexed IS NULL
	OR o.tx >= pg_snapshot_xmin(s.indexed) AND NOT pg_visible_in_snapshot(o.tx, s.indexed)
WHERE NOT EXISTS (SELECT FROM opinion_search i WHERE i.opinion_id = o.id)`

func indexNew(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, newOpinions)
	if err != nil {
		return err
	}
	var entries [][]any
	var id, forumID forum.ID
	var title, text string
	_, err = pgx.ForEachRow(rows, []any{&id, &forumID, &title, &text}, func() error {
		entries = append(entries, []any{id, gramsOf(forumID, title, text)})
		return nil
	})
	if err != nil || len(entries) == 0 {
		return err
	}
	return indexEntries(ctx, tx, entries)
}

func indexEntries(ctx context.Context, tx pgx.Tx, entries [][]any) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"opinion_search"}, []string{"opinion_id", "grams"}, pgx.CopyFromRows(entries))
	return err
}
