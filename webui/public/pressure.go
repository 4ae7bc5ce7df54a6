package public

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Pressed are the forums under pressure, as all web processes know them, and the tasks that were used.
type Pressed interface {
	NotePressure(ctx context.Context, ids []forum.ID) error
	Pressures(ctx context.Context) ([]forum.Pressure, error)
	SpendChallenge(ctx context.Context, challenge, usedFor []byte, until time.Time) error
	Ballot(ctx context.Context, opinion forum.ID) (forum.ID, forum.IdentityPolicy, error)
}

// pressure knows from memory which forums ask unconfirmed people for a task. Who has confirmed an address is never asked.
type pressure struct {
	signal *page.Gauge // of what unconfirmed people write, by forum; nil: never by itself
	most   *page.Gauge // of what anybody writes, by forum; nil: no bound

	mu     sync.RWMutex
	known  map[forum.ID]bool      // by what the database says
	raised map[forum.ID]time.Time // by this process: until when
	untold map[forum.ID]bool
}

// newPressure takes how many writes a minute are too many; 0 means never.
func newPressure(site *page.Site, signal, most int) *pressure {
	p := &pressure{raised: map[forum.ID]time.Time{}, untold: map[forum.ID]bool{}}
	if signal > 0 {
		p.signal = site.Gauge("unconfirmed", signal)
	}
	if most > 0 {
		p.most = site.Gauge("forum", most)
	}
	return p
}

// idle says that nothing is counted and nothing asked for.
func (p *pressure) idle() bool {
	if p.signal != nil || p.most != nil {
		return false
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.known) == 0
}

// on says whether a forum is under pressure or protection.
func (p *pressure) on(id forum.ID) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.known[id] || time.Now().Before(p.raised[id])
}

// count counts what an unconfirmed person is about to write, also when it won't be taken: as long as they keep coming the
// pressure lasts.
func (p *pressure) count(id forum.ID) {
	if p.signal == nil {
		return
	}
	if _, wait := p.signal.Take(purpose(id)); wait == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raised[id], p.untold[id] = time.Now().Add(forum.PressureLasts), true
}

// SharePressure tells the other web processes which forums are under pressure, and hears which are.
func (h *Handlers) SharePressure(ctx context.Context) error {
	p := h.pressure
	p.mu.Lock()
	untold := slices.Collect(maps.Keys(p.untold))
	clear(p.untold)
	maps.DeleteFunc(p.raised, func(_ forum.ID, until time.Time) bool { return time.Now().After(until) })
	p.mu.Unlock()
	if len(untold) > 0 {
		if err := h.Store.NotePressure(ctx, untold); err != nil {
			return err // this process knows, and tells again while they keep coming
		}
	}
	all, err := h.Store.Pressures(ctx)
	if err != nil {
		return err
	}
	known := make(map[forum.ID]bool, len(all))
	for _, one := range all {
		known[one.Forum] = true
	}
	p.mu.Lock()
	p.known = known
	p.mu.Unlock()
	return nil
}

// admit stands before what somebody writes on a forum, or suggests. usedFor names that very write, so that sending it again needs
// no other task. What then isn't taken is to be given back.
func (h *Handlers) admit(c *gin.Context, id forum.ID, solution string, usedFor []byte) (giveBack func(error), err error) {
	giveBack = func(error) {}
	r, err := h.reader(c)
	if err != nil {
		return giveBack, err
	}
	if r.citizen == "" {
		if err := h.challenged(c, id, solution, usedFor); err != nil {
			return giveBack, err
		}
	}
	if h.pressure.most == nil {
		return giveBack, nil
	}
	ticket, wait := h.pressure.most.Take(purpose(id))
	if wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		return giveBack, forum.Refuse(forum.TooMany, "forum.too_many").With("retry_after", strconv.Itoa(seconds))
	}
	return func(err error) {
		if err != nil {
			h.pressure.most.GiveBack(purpose(id), ticket)
		}
	}, nil
}

// challengedSuggestion asks an unconfirmed person for a task while too many suggestions come.
func (h *Handlers) challengedSuggestion(c *gin.Context, solution string, usedFor []byte) error {
	r, err := h.reader(c)
	if err != nil || r.citizen != "" {
		return err
	}
	return h.challenged(c, "", solution, usedFor)
}

// admitOn is admit for what is done to an opinion: a vote by somebody who is known by their browser, or a report. While nothing is
// counted nor asked for, the opinion's forum isn't looked for.
func (h *Handlers) admitOn(c *gin.Context, opinion forum.ID, vote bool, solution string, usedFor []byte) (giveBack func(error), err error) {
	giveBack = func(error) {}
	if h.pressure.idle() {
		return giveBack, nil
	}
	r, err := h.reader(c)
	if err != nil || r.citizen != "" && h.pressure.most == nil {
		return giveBack, err
	}
	id, identity, err := h.Store.Ballot(c.Request.Context(), opinion)
	if err != nil || vote && r.citizen == "" && identity != forum.IdentityDevice {
		return giveBack, err // they are asked to sign in
	}
	return h.admit(c, id, solution, usedFor)
}

// challenged refuses an unconfirmed person's write under pressure until it comes with a task's solution, which is then used up.
func (h *Handlers) challenged(c *gin.Context, id forum.ID, solution string, usedFor []byte) error {
	h.pressure.count(id)
	if !h.pressure.on(id) {
		return nil
	}
	if solution == "" {
		return needsTask(forum.Refuse(forum.Forbidden, "challenge.required"), id)
	}
	task, until, err := h.checkSolution(solution, id)
	if err == nil {
		err = h.Store.SpendChallenge(c.Request.Context(), task, usedFor, until)
	}
	return needsTask(err, id)
}

// needsTask tells a program where a task is to be had.
func needsTask(err error, id forum.ID) error {
	if isChallenge(err) {
		return forum.RefusalIn(err).With("challenge", challengeFor(id))
	}
	return err
}
