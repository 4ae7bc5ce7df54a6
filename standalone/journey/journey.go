// Package journey acts a forum's whole life as the city's people do, through the real HTTP listeners alone: citizens by the
// public API, staff by logging in to the intranet and sending its forms, everybody by reading their mails. It knows nothing
// else of the product, so it can attach to any installation.
package journey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Config says which city, whose people, and what they have to say.
type Config struct {
	Public, Office, Mail string // base addresses: http://127.0.0.1:8080
	Staff                Staff
	Password             string          // of every one of the staff
	Input                io.Reader       // opinions as CSV; see ReadRows
	OpenAtLeast          time.Duration   // how long the board is open even if the input needs less
	Out                  string          // where summary.json and the workbook go; it is made
	Log                  io.Writer       // progress for people; nil: none
	OnStep               func(step Step) // called before each step, in order; nil: nobody asks
}

// Step names a part of the journey.
type Step string

// The steps, in order.
const (
	Sessions    Step = "sessions"
	Suggestion  Step = "suggestion"
	Screening   Step = "screening"
	Supports    Step = "supports"
	Shortlist   Step = "shortlist"
	Scoring     Step = "scoring"
	Choice      Step = "choice"
	Minutes     Step = "minutes"
	Assignment  Step = "assignment"
	Dossier     Step = "dossier"
	Period      Step = "period"
	Opening     Step = "opening"
	Opinions    Step = "opinions"
	Votes       Step = "votes"
	Closing     Step = "closing"
	Analysis    Step = "analysis"
	Jury        Step = "jury"
	Awards      Step = "awards"
	Gifts       Step = "gifts"
	Response    Step = "response"
	Publication Step = "publication"
	FollowUp    Step = "follow-up"
	Reckoning   Step = "reckoning"
)

// journey is one forum on its way.
type journey struct {
	Config
	rows    []Row
	topic   topic
	pool    []*citizen
	public  *client // who is nobody in particular
	mailbox *mailbox
	staff   map[string]*official // by login

	suggestion, round, month, forum string
	department                      Department
	rate                            float64 // requests a second that the city took from the pool
	opensAt, closesAt               time.Time
	boardOpened                     time.Time
	posted                          []posted // by row
	refused                         refusals
	votesFor, votesAgainst          atomic.Int64
	voters                          []atomic.Bool // by citizen
	done                            atomic.Int64  // requests of the open period that are over
	views                           int
	terms                           []string
	places                          []place
	paragraphs                      []paragraph
	lost                            lost
	began                           time.Time
}

// Run makes the whole journey and writes summary.json and the workbook to c.Out. The error says which step met what; it is
// also not nil when the city's figures differ from what it accepted, or an invariant is broken. The Result is as far as the
// journey came.
func Run(ctx context.Context, c Config) (Result, error) {
	j, err := prepare(c)
	if err != nil {
		return Result{}, err
	}
	for _, s := range []struct {
		step Step
		take func(context.Context) error
	}{
		{Sessions, j.confirmAddresses},
		{Suggestion, j.suggest},
		{Screening, j.screen},
		{Supports, j.support},
		{Shortlist, j.openRound},
		{Scoring, j.scoreTopics},
		{Choice, j.chooseTopic},
		{Minutes, j.recordMinutes},
		{Assignment, j.assign},
		{Dossier, j.prepareDossier},
		{Period, j.setPeriod},
		{Opening, j.awaitOpening},
		{Opinions, j.postOpinions},
		{Votes, j.castVotes},
		{Closing, j.awaitClosing},
		{Analysis, j.analyse},
		{Jury, j.scoreAwards},
		{Awards, j.decideAwards},
		{Gifts, j.handOverGifts},
		{Response, j.respond},
		{Publication, j.publish},
		{FollowUp, j.followUp},
	} {
		if err := j.take(ctx, s.step, s.take); err != nil {
			return j.result(), err
		}
	}
	var r Result
	err = j.take(ctx, Reckoning, func(ctx context.Context) (err error) {
		r, err = j.reckon(ctx)
		return err
	})
	return r, err
}

func prepare(c Config) (*journey, error) {
	if err := c.Staff.validate(); err != nil {
		return nil, err
	}
	rows, err := ReadRows(c.Input)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the input has no opinions")
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	j := &journey{Config: c, rows: rows, staff: map[string]*official{}, began: time.Now()}
	j.topic = topicOf(rows)
	j.lost.say = j.say
	j.public = newClient(c.Public, "", &j.lost)
	j.mailbox = &mailbox{client: newClient(c.Mail, "", &j.lost), letters: map[string][]letter{}}
	j.pool = newPool(c.Public, poolSize(rows), runName(), &j.lost)
	j.voters = make([]atomic.Bool, len(j.pool))
	j.department = c.Staff.departmentFor(rows)
	return j, nil
}

// take makes one step and tells about it.
func (j *journey) take(ctx context.Context, step Step, work func(context.Context) error) error {
	if j.OnStep != nil {
		j.OnStep(step)
	}
	began := time.Now()
	if err := work(ctx); err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	j.say("%-12s %5.1f s", step, time.Since(began).Seconds())
	return nil
}

func (j *journey) say(format string, values ...any) {
	_, _ = fmt.Fprintf(j.Log, "%6.1f  "+format+"\n", append([]any{time.Since(j.began).Seconds()}, values...)...)
}
