package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/standalone/journey"
)

var kills = flag.String("kills", "5", "around how many activities of the journey the worker is killed: a number, all, or some by name, as SignApproval#2,CloseForum#1")

// A few people with little to say: a journey takes as long as its clocks.
const fewOpinions = `opinion_id,topic,author,lang,title,text,votes_up,votes_down
a-1,광장을 어떻게 쓸까요,푸른하늘,ko,그늘,나무 그늘이 넓은 광장이면 좋겠습니다.,3,0
a-2,광장을 어떻게 쓸까요,서울토박이,ko,분수,여름에는 아이들이 놀 수 있는 바닥 분수를 두어 주십시오.,3,1
a-3,광장을 어떻게 쓸까요,새벽길,ko,차로,차로를 줄이고 횡단보도를 늘려 주십시오.,2,0
a-4,광장을 어떻게 쓸까요,한강,ko,공연,주말마다 작은 공연이 열리는 무대가 있으면 합니다.,2,1
a-5,광장을 어떻게 쓸까요,남산,ko,의자,앉아서 쉴 수 있는 의자를 많이 놓아 주십시오.,1,0
a-6,광장을 어떻게 쓸까요,북악,ko,조명,밤에도 안전하게 지나도록 조명을 밝혀 주십시오.,1,1
`

// TestWorkerKilledAtEveryActivity: for each activity of an undisturbed journey, a journey of its own whose worker is killed as
// kill -9 does before it, and the next worker after it; each ends as the undisturbed one did. `make kills` does it for all of them.
func TestWorkerKilledAtEveryActivity(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	deadly := filepath.Join(t.TempDir(), "worker")
	if err := program.Build("worker", deadly, "-tags", "failpoint"); err != nil {
		t.Fatal(err)
	}
	base := newCity(t)
	undisturbed := base.twin(t)
	log := filepath.Join(undisturbed.dir, "activities")
	undisturbed.workerOf(deadly, "FAILPOINT_LOG", log)
	undisturbed.webui()
	undisturbed.journey(t, []byte(fewOpinions))
	want := outcome(t, undisturbed)
	places := activitiesIn(t, log)
	chosen := sample(t, places, *kills)
	t.Logf("the undisturbed journey has %d activities; the worker is killed before and after %d of them", len(places), len(chosen))

	var killed, missed atomic.Int64
	var mu sync.Mutex
	began, green := time.Now(), 0
	t.Run("killed", func(t *testing.T) {
		for _, place := range chosen {
			t.Run(place, func(t *testing.T) {
				t.Parallel()
				hits := killedAt(t, base.twin(t), deadly, place, want)
				killed.Add(int64(hits))
				missed.Add(int64(2 - hits))
				if !t.Failed() {
					mu.Lock()
					green++
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d kill points in %v, %d of %d journeys green; %d points that the disturbed journey did without", killed.Load(), time.Since(began).Round(time.Second),
		green, len(chosen), missed.Load())
	if killed.Load() < int64(len(chosen)) {
		t.Errorf("only %d kills for %d activities", killed.Load(), len(chosen))
	}
}

// killedAt makes a journey whose worker dies before an activity, and the one after it right after that activity.
func killedAt(t *testing.T, c *city, deadly, place, want string) (hits int) {
	t.Helper()
	name, _, _ := strings.Cut(place, "#")
	points := []string{"before:" + place, "after:" + name + "#1", ""}
	worker := program.Start(t, c.dir, "worker", deadly, c.with("FAILPOINT", points[0]))
	c.webui()
	store := c.store()
	config := c.journeyOf(t, []byte(fewOpinions))
	config.OpenAtLeast = 20 * time.Second // people still have to find it open when a worker has just been killed
	if slices.Contains([]string{"SetPeriod", "ScheduleForum", "OpenForum"}, name) {
		config.OpenAtLeast = time.Minute // another worker takes over within ten seconds, twice
	}
	done := make(chan error, 1)
	go func() {
		_, err := journey.Run(t.Context(), config)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			mailedOnce(t, store, c, hits)
			wellKept(t, store)
			if got := outcome(t, c); got != want {
				t.Errorf("it ends otherwise than undisturbed:\n%s", different(want, got))
			}
			return hits
		case <-worker.Done():
			if hits == 2 {
				t.Fatalf("the worker has ended by itself:\n%s", worker.Tail())
			}
			hits++
			letGo(t, store)
			worker = program.Start(t, c.dir, "worker", deadly, c.with("FAILPOINT", points[hits]))
		case <-time.After(time.Second):
			sendLostPrizes(t, c, store)
		}
	}
}

// sendLostPrizes does what an operator does with a winner's letter that a kill has cut off before it went out: it holds a one-time
// secret, so a person tries again.
func sendLostPrizes(t *testing.T, c *city, store *postgres.Store) {
	t.Helper()
	unknown := many(t, store, `SELECT id || ' ' || trim(both '<>' from message_id) FROM mails WHERE kind = 'award_offered' AND status = 'unknown'`)
	if len(unknown) == 0 {
		return
	}
	came := copies(c.letters())
	for _, letter := range unknown {
		id, message, _ := strings.Cut(letter, " ")
		if came[message] > 0 || came["<"+message+">"] > 0 {
			continue
		}
		by, err := store.Official(t.Context(), awaitOfficial(t, store, anOperator))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.RetryMail(t.Context(), by, "127.0.0.1", forum.ID(id)); err != nil {
			t.Fatal(err)
		}
	}
}

// activitiesIn are the activities of a journey, in order, each with its count.
func activitiesIn(t *testing.T, log string) []string {
	t.Helper()
	raw, err := os.ReadFile(log) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(raw))
}

// sample spreads n over all of them.
func sample(t *testing.T, all []string, n string) []string {
	t.Helper()
	if n == "all" {
		return all
	}
	if strings.Contains(n, "#") {
		return strings.Split(n, ",")
	}
	few, err := strconv.Atoi(n)
	if err != nil {
		t.Fatal(err)
	}
	var some []string
	for i := range min(few, len(all)) {
		some = append(some, all[i*len(all)/few])
	}
	return some
}

// outcome is what a journey leaves behind, without what differs from one to the next: ids, instants, the citizens' addresses, what
// was refused and so changed nothing, and letters that an operator sent again.
func outcome(t *testing.T, c *city) string {
	t.Helper()
	store := c.store()
	rows, err := store.Pool().Query(t.Context(), outcomeSQL)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append(lines, mailsByRecipient(t, store)...), "\n")
}

const outcomeSQL = `
SELECT 'forum ' || status || ' ' || title FROM forums
UNION ALL SELECT 'round ' || status FROM rounds
UNION ALL SELECT 'suggestion ' || status || ' ' || title FROM suggestions
UNION ALL SELECT 'assignment ' || status || ' ' || department FROM assignments
UNION ALL SELECT 'dossier ' || status || ' ' || version FROM dossiers
UNION ALL SELECT 'document ' || noun || ' ' || status || ' ' || version || ' ' || COALESCE(document, '') FROM approvals
UNION ALL SELECT 'signer ' || a.noun || ' ' || g.ord || ' ' || g.role || ' ' || g.status || ' ' || o.uid
	FROM approval_signers g JOIN approvals a ON a.id = g.approval_id JOIN officials o ON o.id = g.official_id
UNION ALL SELECT 'opinion ' || o.status || ' ' || o.text || ' ' || COALESCE(o.answered_by::text, '') || ' ' || COALESCE(n.votes_for, 0) || ':' || COALESCE(n.votes_against, 0)
	FROM opinions o LEFT JOIN vote_counts n ON n.opinion_id = o.id
UNION ALL SELECT 'award ' || COALESCE(a.place::text, '-') || ' ' || a.status || ' ' || o.text FROM awards a JOIN opinions o ON o.id = a.opinion_id
UNION ALL SELECT 'response ' || status || ' ' || version FROM responses
UNION ALL SELECT 'milestone ' || status || ' ' || title FROM milestones
UNION ALL SELECT 'decision ' || action || ' ' || (done_at IS NOT NULL) || ' ' || count(*) FROM decisions WHERE refused IS NULL GROUP BY action, done_at IS NOT NULL
UNION ALL SELECT 'step ' || noun || ' ' || action || ' ' || before || '>' || after || ' by ' || by_kind || ' ' || count(*) FROM audit WHERE noun <> 'mail' GROUP BY noun, action, before, after, by_kind
UNION ALL SELECT 'owed ' || noun || ' ' || kind || ' ' || (done_at IS NOT NULL) || ' ' || count(*) FROM owed GROUP BY noun, kind, done_at IS NOT NULL
ORDER BY 1`

// mailsByRecipient counts the letters by kind, fate and recipient, but for digests, which tell of the moment at which they are made; one per event and recipient is a constraint of the database's. A
// winner's letter that a kill has cut off after it went out isn't sent again by itself: it counts as sent, which the journey has seen.
func mailsByRecipient(t *testing.T, store *postgres.Store) []string {
	t.Helper()
	return many(t, store, `
SELECT 'mail ' || m.kind || ' ' || CASE WHEN m.kind = 'award_offered' AND m.status = 'unknown' THEN 'sent' ELSE m.status END || ' to ' || COALESCE(o.uid, split_part(n.email, '.', 1)) || ' ' || count(*)
FROM mails m LEFT JOIN officials o ON o.id = m.official_id LEFT JOIN contacts n ON n.id = m.contact_id WHERE m.kind <> 'digest'
GROUP BY m.kind, CASE WHEN m.kind = 'award_offered' AND m.status = 'unknown' THEN 'sent' ELSE m.status END, COALESCE(o.uid, split_part(n.email, '.', 1)) ORDER BY 1`)
}

// different are the lines that only one of two outcomes has.
func different(want, got string) string {
	var out bytes.Buffer
	wanted, there := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range wanted {
		if !slices.Contains(there, line) {
			_, _ = fmt.Fprintln(&out, "lacks:", line)
		}
	}
	for _, line := range there {
		if !slices.Contains(wanted, line) {
			_, _ = fmt.Fprintln(&out, "has:  ", line)
		}
	}
	return out.String()
}
