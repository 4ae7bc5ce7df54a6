package journey

import (
	"context"
	"fmt"
	"net/http"
)

// suggest lets the first citizen put the topic forward.
func (j *journey) suggest(ctx context.Context) error {
	first := j.pool[0]
	var accepted struct{ ID string }
	err := first.call(ctx, http.MethodPost, "/api/v1/suggestions", "suggestion-"+runName(), map[string]string{
		"title": j.topic.title, "text": j.topic.suggestion(), "lang": j.topic.lang, "email": first.address,
	}, &accepted)
	j.suggestion = accepted.ID
	return err
}

// screen lets a moderator accept the suggestion.
func (j *journey) screen(ctx context.Context) error {
	moderator, err := j.who(ctx, j.Staff.Moderator[0])
	if err != nil {
		return err
	}
	path := "/ko/suggestions/" + j.suggestion
	return j.reach(ctx, "the suggestion to be accepted", moderator.shows(path, "status", "accepted"), func(ctx context.Context) error {
		p, err := moderator.read(ctx, path)
		if err != nil {
			return err
		}
		return moderator.fillAndSend(ctx, p, "/screening", func(f *form) error { return f.set("to", 0, "accepted") })
	})
}

// support lets everybody back the suggestion, which also shows how fast the city answers the pool.
func (j *journey) support(ctx context.Context) error {
	meter := startMeter()
	err := j.everybody(ctx, func(ctx context.Context, n int, c *citizen) error {
		return c.call(ctx, http.MethodPut, "/api/v1/suggestions/"+j.suggestion+"/support", fmt.Sprintf("support-%s-%05d", j.suggestion, n), nil, nil)
	})
	j.rate = meter.rate(len(j.pool))
	j.say("%d citizens back it, %.0f a second", len(j.pool), j.rate)
	return err
}
