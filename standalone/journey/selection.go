package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// openRound lets the officer open a month's round and lay the suggestion before the committee. There is one round a month, so
// it takes the first free month from this one on.
func (j *journey) openRound(ctx context.Context) error {
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	for tries := 0; j.round == "" && tries < 5; tries++ {
		if err := j.openFreeMonth(ctx, officer); err != nil {
			return err
		}
	}
	if j.round == "" {
		return errors.New("every month has been taken by somebody else's round at the same moment")
	}
	path := "/ko/rounds/" + j.round
	return j.reach(ctx, "the committee to be asked", officer.shows(path, "status", "scoring", "decided"), func(ctx context.Context) error {
		p, err := officer.read(ctx, path)
		if err != nil {
			return err
		}
		return officer.fillAndSend(ctx, p, "form-round.start_scoring", func(f *form) error { return f.set("suggestion[]", 0, j.suggestion) })
	})
}

// openFreeMonth leaves j.round empty where somebody else was faster.
func (j *journey) openFreeMonth(ctx context.Context, officer *official) error {
	p, err := officer.read(ctx, "/ko/rounds")
	if err != nil {
		return err
	}
	rounds := roundsOf(p)
	now := time.Now()
	month := now.Format("2006-01")
	for n := 1; rounds[month] != ""; n++ {
		month = time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location()).Format("2006-01")
	}
	f, ok := p.form("form-round.open")
	if !ok {
		return fmt.Errorf("%s has no form to open a round for %s", p.path, officer.login)
	}
	if err := errors.Join(f.set("track", 0, "general"), f.set("month", 0, month)); err != nil {
		return err
	}
	lost := j.lost.count.Load()
	opened, err := officer.send(ctx, f)
	if err == nil {
		j.month, j.round = month, lastPart(opened.path)
		return nil
	}
	if _, refused := errors.AsType[*refusal](err); !refused {
		return err
	}
	again, readErr := officer.read(ctx, "/ko/rounds")
	if readErr != nil {
		return readErr
	}
	switch found := roundsOf(again)[month]; {
	case found == "":
		return err
	case j.lost.count.Load() > lost: // the first answer was lost, so it is ours
		j.month, j.round = month, found
	}
	return nil
}

// roundsOf gives each month's round on the list.
func roundsOf(p page) map[string]string {
	all := map[string]string{}
	for node := range p.root.Descendants() {
		if href := attribute(node, "href"); strings.HasPrefix(href, "/ko/rounds/") {
			all[strings.TrimSpace(textOf(node))] = lastPart(href)
		}
	}
	return all
}

func lastPart(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// scoreTopics lets every member of the committee score the topic, which ends the scoring.
func (j *journey) scoreTopics(ctx context.Context) error {
	path := "/ko/rounds/" + j.round
	for n, login := range j.Staff.Committee {
		member, err := j.who(ctx, login)
		if err != nil {
			return err
		}
		if err := j.judge(ctx, member, path, 3+n%3); err != nil {
			return err
		}
	}
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	return await(ctx, "the round to be decided", patience, officer.shows(path, "status", "decided", "recorded"))
}

// judge lets a member of the committee fill in their sheet: no conflict of interest, and the same mark by each criterion.
func (j *journey) judge(ctx context.Context, o *official, path string, points int) error {
	id := "score-" + j.suggestion
	var p page
	judged := func(ctx context.Context) (bool, error) {
		var err error
		if p, err = o.read(ctx, path); err != nil {
			return false, err
		}
		f, open := p.form(id)
		return !open || f.chosen("conflict") != "", nil
	}
	return j.reach(ctx, "the sheet of "+o.login+" on "+path, judged, func(ctx context.Context) error {
		return o.fillAndSend(ctx, p, id, func(f *form) error {
			faults := []error{f.set("conflict", 0, "no")}
			for _, mark := range f.named("mark[") {
				faults = append(faults, f.set(mark, 0, strconv.Itoa(points)))
			}
			return errors.Join(faults...)
		})
	})
}

// score sends one of the forms by which a page takes scores, unless it shows a score already or takes no more.
func (j *journey) score(ctx context.Context, o *official, path, id string, points int) error {
	var p page
	scored := func(ctx context.Context) (bool, error) {
		var err error
		if p, err = o.read(ctx, path); err != nil {
			return false, err
		}
		f, open := p.form(id)
		return !open || f.chosen("score") != "", nil
	}
	return j.reach(ctx, "the score of "+o.login+" on "+path, scored, func(ctx context.Context) error {
		return o.fillAndSend(ctx, p, id, func(f *form) error { return f.set("score", 0, strconv.Itoa(points)) })
	})
}

// chooseTopic lets the officer choose it, which makes the forum.
func (j *journey) chooseTopic(ctx context.Context) error {
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	made := func(ctx context.Context) (bool, error) {
		p, err := officer.read(ctx, "/ko/suggestions/"+j.suggestion)
		if err != nil {
			return false, err
		}
		if link := p.link("forum"); link != "" {
			j.forum = lastPart(link)
		}
		return j.forum != "", nil
	}
	err = j.reach(ctx, "the forum", made, func(ctx context.Context) error {
		p, err := officer.read(ctx, "/ko/rounds/"+j.round)
		if err != nil {
			return err
		}
		return officer.fillAndSend(ctx, p, "form-round.choose", func(f *form) error { return f.set("chosen[]", 0, j.suggestion) })
	})
	if err == nil {
		j.say("round %s, forum %s", j.month, j.forum)
	}
	return err
}

// recordMinutes lets the officer write the minutes and the head of the office sign them.
func (j *journey) recordMinutes(ctx context.Context) error {
	path := "/ko/rounds/" + j.round
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	l := line{noun: "minutes", page: path, action: "round.submit_minutes", on: path, drafter: j.Staff.Officer[0], signers: j.signers(j.Staff.Approver[0])}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the minutes to be recorded", patience, officer.shows(path, "status", "recorded"))
}

// signers are an approval line: who reviews, if anybody, and at its end who approves.
func (j *journey) signers(approver string, reviewers ...string) []string {
	reviewers = slices.DeleteFunc(slices.Clone(reviewers), func(login string) bool { return login == approver })
	return append(reviewers, approver)
}
