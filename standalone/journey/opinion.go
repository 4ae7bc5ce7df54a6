package journey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"
)

// posted is what the city answered to a row: an opinion, or nothing where it was refused.
type posted struct{ ID, Number, Status string }

// RefusedRow is a row that the rules don't let in, or a vote on it.
type RefusedRow struct {
	Ref  string `json:"opinion_ref"`
	Code string `json:"code"`
}

type refusals struct {
	mu   sync.Mutex
	rows map[int]RefusedRow
}

func (r *refusals) add(row int, ref, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil {
		r.rows = map[int]RefusedRow{}
	}
	if _, known := r.rows[row]; !known {
		r.rows[row] = RefusedRow{ref, code}
	}
}

// list is in the order of the input.
func (r *refusals) list() []RefusedRow {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []RefusedRow{}
	for _, row := range slices.Sorted(maps.Keys(r.rows)) {
		all = append(all, r.rows[row])
	}
	return all
}

// postOpinions lets everybody look at the topic page, and the authors post every row.
func (j *journey) postOpinions(ctx context.Context) error {
	j.posted = make([]posted, len(j.rows))
	writers, run := authors(j.rows, len(j.pool)), runName()
	return j.whileOpen(ctx, "opinions", len(j.pool)+len(j.rows), func(ctx context.Context) error {
		if err := j.viewTopic(ctx); err != nil {
			return err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for n := range j.rows {
			group.Go(func() error { return j.post(ctx, n, j.pool[writers[n]], fmt.Sprintf("opinion-%s-%06d", run, n)) })
		}
		return group.Wait()
	})
}

func (j *journey) post(ctx context.Context, n int, author *citizen, key string) error {
	defer j.done.Add(1)
	row := j.rows[n]
	body := map[string]string{"text": row.Text}
	for name, value := range map[string]string{"title": row.Title, "district": row.District, "lang": row.Lang, "pseudonym": row.Author} {
		if value != "" && !(name == "pseudonym" && isNumber(value)) { // a number is nobody's name
			body[name] = value
		}
	}
	err := author.call(ctx, http.MethodPost, "/api/v1/forums/"+j.forum+"/opinions", key, body, &j.posted[n])
	if r, ok := errors.AsType[*refusal](err); ok && r.Key != "forum.closed" {
		j.refused.add(n, row.Ref, r.Key)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", row.Ref, err)
	}
	return nil
}

func isNumber(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// viewTopic lets everybody read the topic page once.
func (j *journey) viewTopic(ctx context.Context) error {
	err := j.everybody(ctx, func(ctx context.Context, _ int, c *citizen) error {
		defer j.done.Add(1)
		path := "/ko/forums/" + j.forum
		a, err := c.ask(ctx, http.MethodGet, path, map[string]string{"Accept": "text/html"}, nil)
		if err == nil && a.StatusCode != http.StatusOK {
			err = c.refused(http.MethodGet, path, a)
		}
		return err
	})
	j.views = len(j.pool)
	return err
}

// whileOpen works at something while the board is open, tells how far it is, and has the period extended if need be.
func (j *journey) whileOpen(ctx context.Context, what string, all int, work func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	watch, over := context.WithCancel(ctx)
	from := j.done.Load()
	group.Go(func() error { return j.keepOpen(ctx, watch) })
	group.Go(func() error {
		for sleep(watch, 2*time.Second) == nil {
			j.say("%d of %d %s", j.done.Load()-from, all, what)
		}
		return nil
	})
	group.Go(func() error {
		defer over()
		return work(ctx)
	})
	return group.Wait()
}
