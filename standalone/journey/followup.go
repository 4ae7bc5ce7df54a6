package journey

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// followUp lets the drafter plan what was promised, and then report each as done, which ends the forum's life.
func (j *journey) followUp(ctx context.Context) error {
	plan := j.topic.milestones()
	err := j.move(ctx, j.department.Drafter, "followup.plan", func(f *form) error {
		for n, one := range plan {
			due := time.Now().AddDate(0, 0, one.days).Truncate(time.Second)
			if err := errors.Join(f.set("milestone_title[]", n, one.title), f.set("milestone_due[]", n, due.Format(time.RFC3339))); err != nil {
				return err
			}
		}
		return nil
	}, "following")
	if err != nil {
		return err
	}
	drafter, err := j.who(ctx, j.department.Drafter)
	if err != nil {
		return err
	}
	for n := range plan {
		left := len(plan) - n - 1
		if err := j.complete(ctx, drafter, left); err != nil {
			return fmt.Errorf("milestone %d: %w", n+1, err)
		}
	}
	return await(ctx, "the forum to be archived", patience, drafter.shows(j.forumPage(""), "status", "archived"))
}

// complete reports the first open milestone as done, so that so many are left.
func (j *journey) complete(ctx context.Context, drafter *official, left int) error {
	const action = "/decisions/followup.complete"
	var p page
	done := func(ctx context.Context) (bool, error) {
		var err error
		if p, err = drafter.read(ctx, j.forumPage("followup")); err != nil {
			return false, err
		}
		f, open := p.form(action)
		if !open {
			return left == 0 && p.value("status") != "published", nil
		}
		return len(f.choices("milestone")) <= left, nil
	}
	return j.reach(ctx, fmt.Sprintf("%d milestones left", left), done, func(ctx context.Context) error {
		return drafter.fillAndSend(ctx, p, action, func(f *form) error {
			open := f.choices("milestone")
			if len(open) == 0 {
				return f.lacks("an open milestone")
			}
			return errors.Join(f.set("milestone", 0, open[0]), f.set("reason", 0, j.topic.say("계획대로 마쳤습니다.", "Done as planned.")))
		})
	})
}

// choices are the values that a select offers.
func (f *form) choices(name string) []string {
	var all []string
	for _, one := range f.fields {
		if one.name != name {
			continue
		}
		for _, o := range one.options {
			if o.value != "" {
				all = append(all, o.value)
			}
		}
	}
	return all
}
