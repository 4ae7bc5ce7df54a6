package serve

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"

	"acropolis/forum"
	"acropolis/integrations/gateway"
	"acropolis/integrations/ldap"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
	"acropolis/webui/office"
	"acropolis/webui/public"
)

// recording writes a decision down before it brings it to its procedure: from then on it can't get lost.
type recording struct {
	store     *postgres.Store
	conductor *temporal.Conductor
}

// Decide records the decision, then waits for it to be carried out or refused.
func (r recording) Decide(ctx context.Context, d forum.Decision) error {
	if err := r.store.RecordDecision(ctx, d); err != nil {
		return err
	}
	return r.conductor.Decide(ctx, d)
}

// Wake lets a procedure look again, where something of what it waits for is there.
func (r recording) Wake(ctx context.Context, s forum.Start) error {
	if stirs, err := r.store.Stirs(ctx, s); err == nil && !stirs {
		return nil
	}
	return r.conductor.Wake(ctx, s)
}

// Retry presses the button of a parked step.
func (r recording) Retry(ctx context.Context, workflowID string) error {
	return r.conductor.Retry(ctx, workflowID)
}

// Restart notes who starts a stopped procedure again, then starts it.
func (r recording) Restart(ctx context.Context, by forum.Official, from string, s forum.Start) error {
	stopped, err := r.store.Restart(ctx, by, from, s)
	if err != nil {
		return err
	}
	if _, err := r.conductor.Restart(ctx, stopped); err != nil {
		return err
	}
	stopped.Restarted = time.Now()
	return r.store.NoteStopped(ctx, []forum.Stopped{stopped})
}

// Vitals asks the database and, with a forum, its procedure.
func (r recording) Vitals(ctx context.Context, forumID forum.ID) (forum.Vitals, error) {
	vitals, err := r.store.Vitals(ctx)
	if err == nil && forumID != "" {
		vitals.HistoryEvents, err = r.conductor.HistoryLength(ctx, forum.Start{Noun: forum.TheForum, ID: forumID})
	}
	return vitals, err
}

// logins asks the directory and remembers who came in.
type logins struct {
	directory *ldap.Client
	store     *postgres.Store
}

// Login proves name and password by a bind of their own and gives the official with the duties of this moment.
func (l logins) Login(ctx context.Context, name, password string) (forum.Official, error) {
	entry, err := l.directory.Login(ctx, name, password)
	if err != nil {
		return forum.Official{}, err
	}
	return l.store.SaveOfficial(ctx, entry.Person().Official)
}

// Staff sessions last a working day and end after an hour without a request.
const sessionLife, sessionIdle = 10 * time.Hour, time.Hour

func staffSessions(store *postgres.Store, secure bool) *scs.SessionManager {
	sessions := scs.New()
	sessions.Store = pgxstore.New(store.Pool())
	sessions.HashTokenInStore = true
	sessions.Lifetime, sessions.IdleTimeout = sessionLife, sessionIdle
	sessions.Cookie.Name = "staff"
	if secure {
		sessions.Cookie.Name = "__Host-staff"
	}
	sessions.Cookie.HttpOnly, sessions.Cookie.Secure = true, secure
	sessions.Cookie.SameSite = http.SameSiteLaxMode
	return sessions
}

// signInOf is the city's own sign-in, or nil where none is set.
func signInOf(s Settings) (public.Gateway, error) {
	g, err := gateway.New(s.Gateway, s.PublicURL)
	if errors.Is(err, gateway.ErrNotSet) {
		return nil, nil
	}
	return g, err
}

// districts are for staff what they are for citizens.
func districts() []office.District {
	var all []office.District
	for _, d := range public.SeoulDistricts {
		all = append(all, office.District{Name: d.Name, NameEn: d.NameEn})
	}
	return all
}
