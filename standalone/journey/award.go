package journey

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// place is one of the best opinions as the officer placed it.
type place struct {
	award, opinion string
	rank           int
	row            int
}

// How many win, and how many wait in case a winner doesn't answer.
const prizes, runnersUp = 5, 3

// scoreAwards lets every juror score every candidate, blind.
func (j *journey) scoreAwards(ctx context.Context) error {
	for n, login := range j.Staff.Juror {
		juror, err := j.who(ctx, login)
		if err != nil {
			return err
		}
		if err := j.scoreAll(ctx, juror, n); err != nil {
			return fmt.Errorf("%s looks at the candidates: %w", login, err)
		}
	}
	return nil
}

func (j *journey) scoreAll(ctx context.Context, juror *official, n int) error {
	p, err := juror.read(ctx, j.forumPage("awards"))
	if err != nil {
		return err
	}
	for i, f := range p.forms() {
		if !strings.HasPrefix(f.id, "score-") {
			continue
		}
		if err := j.score(ctx, juror, p.path, f.id, 2+(i+n)%4); err != nil {
			return err
		}
	}
	return nil
}

// decideAwards lets the officer place the best opinions as the jury saw them, and the head of the office sign.
func (j *journey) decideAwards(ctx context.Context) error {
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	path := j.forumPage("awards")
	p, err := officer.read(ctx, path)
	if err != nil {
		return err
	}
	if j.placesOn(p); len(j.places) == 0 {
		j.say("no opinion is a candidate for an award")
	}
	l := line{noun: "awards", page: path, action: "award.submit", on: path, drafter: j.Staff.Officer[0], signers: j.signers(j.Staff.Approver[0]),
		more: func(f *form) error {
			for _, one := range j.places {
				if err := errors.Join(f.set("pick["+one.award+"]", 0, strconv.Itoa(one.rank)), f.set("reason["+one.award+"]", 0, j.topic.awardReason())); err != nil {
					return err
				}
			}
			return nil
		}}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the response to begin", patience, officer.shows(path, "status", "responding"))
}

// placesOn takes the first of the list, which the intranet shows in the jury's order, but one of each author.
func (j *journey) placesOn(p page) {
	j.places = nil
	writers, honoured := authors(j.rows, len(j.pool)), map[int]bool{}
	for _, row := range p.rows("awards") {
		id, opinion := attribute(row, "data-award"), attribute(row, "data-opinion")
		if id == "" || len(j.places) == prizes+runnersUp {
			continue
		}
		n := slices.IndexFunc(j.posted, func(one posted) bool { return one.ID == opinion })
		if n < 0 || honoured[writers[n]] {
			continue
		}
		honoured[writers[n]] = true
		j.places = append(j.places, place{award: id, opinion: opinion, rank: len(j.places) + 1, row: n})
	}
}

// handOverGifts lets each winner accept on the page that their letter leads to, and the officer confirm each delivery.
func (j *journey) handOverGifts(ctx context.Context) error {
	writers := authors(j.rows, len(j.pool))
	for _, one := range j.places[:min(len(j.places), prizes)] {
		if err := j.accept(ctx, j.pool[writers[one.row]]); err != nil {
			return fmt.Errorf("the winner of place %d: %w", one.rank, err)
		}
	}
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return err
	}
	for _, one := range j.places[:min(len(j.places), prizes)] {
		if err := j.deliver(ctx, officer, one.award); err != nil {
			return fmt.Errorf("the delivery of place %d: %w", one.rank, err)
		}
	}
	return nil
}

func (j *journey) accept(ctx context.Context, winner *citizen) error {
	offer, err := j.mailbox.awaitLetter(ctx, winner.address, offerInLetter, patience)
	if err != nil {
		return err
	}
	path := "/ko" + offer
	var p page
	answered := func(ctx context.Context) (bool, error) {
		a, err := winner.ask(ctx, http.MethodGet, path, nil, nil)
		if err != nil {
			return false, err
		}
		if a.StatusCode != http.StatusOK {
			return false, winner.refused(http.MethodGet, path, a)
		}
		if p, err = readPage(path, a.body); err != nil {
			return false, err
		}
		_, open := p.form(offer)
		return !open, nil
	}
	return j.reach(ctx, "the answer to an offer", answered, func(ctx context.Context) error {
		f, _ := p.form(offer)
		if err := errors.Join(f.set("answer", 0, "accept"), f.set("name_shown", 0, "yes")); err != nil {
			return err
		}
		a, err := winner.post(ctx, f.action, f.encoded())
		if err == nil && a.StatusCode != http.StatusSeeOther {
			err = winner.refused(http.MethodPost, path, a)
		}
		return err
	})
}

func (j *journey) deliver(ctx context.Context, officer *official, award string) error {
	path := j.forumPage("awards")
	var p page
	delivered := func(ctx context.Context) (bool, error) {
		var err error
		if p, err = officer.read(ctx, path); err != nil {
			return false, err
		}
		for _, row := range p.rows("awards") {
			if attribute(row, "data-award") == award {
				return attribute(row, "data-status") == "delivered", nil
			}
		}
		return false, fmt.Errorf("%s has no award %s", path, award)
	}
	return j.reach(ctx, "the delivery", delivered, func(ctx context.Context) error {
		for _, f := range p.forms() {
			if strings.Contains(f.action, award+"/decisions/award.deliver") {
				_, err := officer.send(ctx, f)
				return err
			}
		}
		return &interruption{errors.New("the winner's answer isn't there yet")}
	})
}
