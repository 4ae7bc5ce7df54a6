package e2e

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
)

// execute runs SQL that a test needs beside the store's own methods.
func execute(t testing.TB, s *postgres.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// one reads a single value.
func one[T any](t testing.TB, s *postgres.Store, sql string, args ...any) T {
	t.Helper()
	var value T
	if err := s.Pool().QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// The demo city's people that the tests act as (standalone/demo/data/directory.json).
const (
	anOfficer  = "kim.dohyun"
	anOperator = "yoon.taesik"
	department = "road-planning"
)

// forumIn brings a forum into the city that stands in a status and closes after a while.
func forumIn(t testing.TB, s *postgres.Store, status forum.ForumStatus, closes time.Duration) forum.ID {
	t.Helper()
	by, err := s.Official(t.Context(), awaitOfficial(t, s, anOperator))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	past := forum.PastForum{Status: status, Title: "시청 앞 광장을 어떻게 쓸까요", TitleEn: "How shall we use the square", Department: department}
	if status == forum.Open {
		past.OpensAt, past.ClosesAt = now.Add(-time.Hour), now.Add(closes)
	}
	id, err := s.Import(t.Context(), by, past)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// awaitOfficial waits until the worker has read the directory, and gives somebody in it.
func awaitOfficial(t testing.TB, s *postgres.Store, uid string) forum.ID {
	t.Helper()
	var id forum.ID
	program.Await(t, "the directory to be read", 30*time.Second, func(ctx context.Context) bool {
		return s.Pool().QueryRow(ctx, `SELECT id FROM officials WHERE uid = $1`, uid).Scan(&id) == nil
	})
	return id
}

// decide takes a decision as the intranet does: first the row, then the procedure.
func decide(ctx context.Context, s *postgres.Store, c *temporal.Conductor, d forum.Decision) error {
	if err := s.RecordDecision(ctx, d); err != nil {
		return err
	}
	return c.Decide(ctx, d)
}

// aboutForum is a decision of an official on a forum.
func aboutForum(action forum.Action, id, by forum.ID, reason string) forum.Decision {
	return forum.Decision{ID: postgres.NewID(), Action: action, Noun: forum.TheForum, Subject: id, By: by, From: "127.0.0.1", Reason: reason}
}

// atOnce is a decision of an officer that can't wait: its document is approved afterwards.
func atOnce(t testing.TB, s *postgres.Store, action forum.Action, id, by forum.ID, reason string) forum.Decision {
	t.Helper()
	approver := one[forum.ID](t, s, `SELECT id FROM officials WHERE 'executive' = ANY(duties) AND left_at IS NULL AND id <> $1 ORDER BY uid LIMIT 1`, by)
	details, err := json.Marshal(forum.ActDetails{AfterTheFact: true,
		LineDetails: forum.LineDetails{Signers: []forum.LineSigner{{Role: forum.Approver, Official: approver}}}})
	if err != nil {
		t.Fatal(err)
	}
	d := aboutForum(action, id, by, reason)
	d.Details = details
	return d
}

// wellKept checks that the invariants hold.
func wellKept(t testing.TB, s *postgres.Store) {
	t.Helper()
	vitals, err := s.Vitals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vitals.Invariants {
		t.Errorf("%s: %d rows, such as %s", v.Name, v.Rows, v.Sample)
	}
}

// letGo lets the letters be tried again that were under way when their sender was killed. They are left for two minutes, in
// case it lives; the test doesn't wait so long but makes them that old.
func letGo(t testing.TB, s *postgres.Store) {
	t.Helper()
	execute(t, s, `UPDATE mails SET attempted_at = attempted_at - interval '3 minutes' WHERE status = 'attempting'`)
}

// mailedOnce waits until the outbox is empty and checks that no letter came to the sink twice. Where the sender was killed, each
// kill may have cut off one letter between the sink's answer and the note of it: nobody knows then whether it was sent, so a
// notice is tried once more with its Message-ID, and the row says so.
func mailedOnce(t testing.TB, s *postgres.Store, c *city, kills int) {
	t.Helper()
	if kills > 0 {
		letGo(t, s)
	}
	program.Await(t, "the outbox to be empty", time.Minute, func(context.Context) bool {
		return one[int](t, s, `SELECT count(*) FROM mails WHERE status IN ('attempting', 'pending')`) == 0
	})
	letters, cutOff := c.letters(), 0
	for id, n := range copies(letters) {
		if n == 1 {
			continue
		}
		if n > 2 || one[int](t, s, `SELECT unknowns FROM mails WHERE message_id = $1`, "<"+strings.Trim(id, "<>")+">") == 0 {
			t.Errorf("the letter %s came %d times", id, n)
		}
		cutOff++
	}
	t.Logf("%d letters at the sink, %d of them twice after %d kills", len(letters), cutOff, kills)
	if len(letters) == 0 || cutOff > kills {
		t.Errorf("%d letters, %d twice after %d kills", len(letters), cutOff, kills)
	}
}

// copies counts letters by their Message-ID.
func copies(letters []letter) map[string]int {
	all := map[string]int{}
	for _, l := range letters {
		all[l.MessageID]++
	}
	return all
}

func formOf(pairs []string) string {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form.Encode()
}
