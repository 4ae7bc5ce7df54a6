package journey

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"
)

// citizen is one person with a browser, an internet address and a mail address of their own.
type citizen struct {
	*client
	address string // of their mail
}

// newPool makes n citizens. Their mail addresses are new with each run, so that the limit on codes an address counts for
// them as it does for people.
func newPool(base string, n int, run string, lost *lost) []*citizen {
	pool := make([]*citizen, n)
	for i := range pool {
		from := fmt.Sprintf("127.%d.%d.%d", 10+i/62500, i/250%250+1, i%250+1)
		pool[i] = &citizen{client: newClient(base, from, lost), address: fmt.Sprintf("citizen-%04d.%s@journey.example", i+1, run)}
	}
	return pool
}

func runName() string { return strings.ToLower(rand.Text()[:10]) }

// atOnce is how many of the pool do something at the same moment.
const atOnce = 16

// everybody lets the whole pool do something, some at a time.
func (j *journey) everybody(ctx context.Context, do func(ctx context.Context, n int, c *citizen) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for n, c := range j.pool {
		group.Go(func() error { return do(ctx, n, c) })
	}
	return group.Wait()
}

// confirmAddresses signs everybody in by a mailed code, before the forum opens.
func (j *journey) confirmAddresses(ctx context.Context) error {
	err := j.everybody(ctx, func(ctx context.Context, _ int, c *citizen) error {
		return c.call(ctx, http.MethodPost, "/api/v1/session", "", map[string]string{"email": c.address}, nil)
	})
	if err != nil {
		return err
	}
	j.say("%d citizens have asked for a code", len(j.pool))
	return j.everybody(ctx, func(ctx context.Context, _ int, c *citizen) error {
		code, err := j.mailbox.awaitLetter(ctx, c.address, codeInLetter, patience)
		if err != nil {
			return err
		}
		err = c.call(ctx, http.MethodPost, "/api/v1/session/confirm", "", map[string]string{"email": c.address, "code": code}, nil)
		if err != nil {
			return fmt.Errorf("confirm %s: %w", c.address, err)
		}
		return nil
	})
}
