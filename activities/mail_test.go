package activities_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"acropolis/activities"
	"acropolis/forum"
)

// outbox is a store that gives its letters out once and writes down what became of them.
type outbox struct {
	letters []forum.Letter
	done    map[forum.ID]outcome
	bad     []string
	refuses error // what MailDone answers
}

type outcome struct {
	status  forum.MailStatus
	problem string
	again   time.Duration
	times   int
}

func (o *outbox) DueMails(_ context.Context, n int) ([]forum.Letter, error) {
	due := o.letters[:min(n, len(o.letters))]
	o.letters = o.letters[len(due):]
	return due, nil
}

func (o *outbox) MailDone(ctx context.Context, id forum.ID, to forum.MailStatus, problem string, again time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if o.done == nil {
		o.done = map[forum.ID]outcome{}
	}
	o.done[id] = outcome{to, problem, again, o.done[id].times + 1}
	return o.refuses
}

func (o *outbox) MarkBadAddress(_ context.Context, address string) error {
	o.bad = append(o.bad, address)
	return nil
}

// server answers each letter as its address asks for.
type server struct {
	sent   []activities.Envelope
	answer activities.Delivered
	while  func()
}

func (s *server) Send(_ context.Context, e activities.Envelope) activities.Delivered {
	s.sent = append(s.sent, e)
	if s.while != nil {
		s.while()
	}
	return s.answer
}

type books struct{ fails error }

func (b books) Workbook(_ context.Context, forumID forum.ID, lang string, w io.Writer) error {
	_, err := io.WriteString(w, "workbook of "+string(forumID)+" in "+lang)
	return errors.Join(err, b.fails)
}

func (books) FileName(title, lang string, _ time.Time) string { return title + "." + lang + ".xlsx" }

func letters(t testing.TB) *activities.Letters {
	t.Helper()
	l, err := activities.LoadLetters("https://forum.city.example", "https://office.city.example")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func code(id forum.ID, attempts int) forum.Letter {
	return forum.Letter{Mail: forum.Mail{ID: id, Kind: forum.MailSessionCode, MessageID: "<" + string(id) + "@acropolis>", Attempts: attempts},
		Address: string(id) + "@example.org", Lang: "ko", Data: map[string]string{"code": "123456"}}
}

func newOutbox(t testing.TB, answer activities.Delivered, due ...forum.Letter) (*activities.Outbox, *outbox, *server) {
	t.Helper()
	store, post := &outbox{letters: due}, &server{answer: answer}
	return &activities.Outbox{Store: store, Postman: post, Letters: letters(t), Workbook: books{}}, store, post
}

// TestEachAnswerOfTheServerIsNoted: sent, refused and unknown are the end of an attempt; what is passing is tried again.
func TestEachAnswerOfTheServerIsNoted(t *testing.T) {
	for name, c := range map[string]struct {
		answer activities.Delivered
		want   outcome
		bad    int
	}{
		"sent":            {activities.Delivered{Status: forum.MailSent}, outcome{status: forum.MailSent, times: 1}, 0},
		"refused":         {activities.Delivered{Status: forum.MailFailed, Problem: "refused 554"}, outcome{forum.MailFailed, "refused 554", 0, 1}, 0},
		"no such address": {activities.Delivered{Status: forum.MailFailed, Problem: "bad address 550", BadAddress: true}, outcome{forum.MailFailed, "bad address 550", 0, 1}, 1},
		"unknown":         {activities.Delivered{Status: forum.MailUnknown, Problem: "unknown"}, outcome{forum.MailUnknown, "unknown", 0, 1}, 0},
		"passing":         {activities.Delivered{Status: forum.MailPending, Problem: "temporary 451"}, outcome{forum.MailPending, "temporary 451", 8 * time.Second, 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o, store, post := newOutbox(t, c.answer, code("a", 1))
			if n, err := o.Deliver(t.Context()); n != 1 || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
			if store.done["a"] != c.want || len(store.bad) != c.bad || c.bad == 1 && store.bad[0] != "a@example.org" {
				t.Errorf("noted %+v, want %+v; bad addresses %v", store.done["a"], c.want, store.bad)
			}
			if e := post.sent[0]; e.MessageID != "<a@acropolis>" || e.To != "a@example.org" || e.Lang != "ko" || !strings.Contains(e.Subject, "123456") || e.Attachment != nil {
				t.Errorf("sent %+v", e)
			}
		})
	}
}

// TestPassingFailuresAreTriedFurtherAndFurtherApart, for half a day at least and a day at most; then a person must look.
func TestPassingFailuresAreTriedFurtherAndFurtherApart(t *testing.T) {
	var total, last time.Duration
	for attempt := 1; ; attempt++ {
		o, store, _ := newOutbox(t, activities.Delivered{Status: forum.MailPending, Problem: "temporary 421"}, code("a", attempt))
		if _, err := o.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		noted := store.done["a"]
		if noted.status == forum.MailFailed {
			if attempt < 10 || total < 8*time.Hour || total > 24*time.Hour {
				t.Errorf("given up after %d attempts and %s", attempt, total)
			}
			return
		}
		if noted.status != forum.MailPending || noted.again < last || noted.again > 4*time.Hour {
			t.Fatalf("attempt %d: %+v after a wait of %s", attempt, noted, last)
		}
		total, last = total+noted.again, noted.again
		if attempt > 100 {
			t.Fatal("it is never given up")
		}
	}
}

// TestOneLetterDoesNotKeepTheOthers: what can't be written is for an operator, and everything else goes out.
func TestOneLetterDoesNotKeepTheOthers(t *testing.T) {
	broken := code("broken", 1)
	broken.Data = nil
	o, store, post := newOutbox(t, activities.Delivered{Status: forum.MailSent}, code("a", 1), broken, code("b", 1))
	n, err := o.Deliver(t.Context())
	if n != 3 || err == nil || len(post.sent) != 2 {
		t.Errorf("%d letters, %v, %d sent", n, err, len(post.sent))
	}
	if got := store.done["broken"]; got.status != forum.MailFailed || got.problem == "" || strings.Contains(got.problem, "@") {
		t.Errorf("the broken one: %+v", got)
	}
	if store.done["a"].status != forum.MailSent || store.done["b"].status != forum.MailSent {
		t.Errorf("the others: %+v", store.done)
	}
}

func TestWorkbookIsAttached(t *testing.T) {
	letter := forum.Letter{Mail: forum.Mail{ID: "a", Kind: forum.MailWorkbook, Subject: "forum-1"}, Address: "head@city.example", Lang: "en", Data: map[string]string{"title": "Square"}}
	o, _, post := newOutbox(t, activities.Delivered{Status: forum.MailSent}, letter)
	if _, err := o.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := post.sent[0]; string(e.Attachment) != "workbook of forum-1 in en" || e.AttachmentName != "Square.en.xlsx" || !strings.Contains(e.Text, "Square.en.xlsx") {
		t.Errorf("sent %+v", e)
	}

	letter.Data = map[string]string{"title": "Square"}
	o, store, post := newOutbox(t, activities.Delivered{Status: forum.MailSent}, letter, code("b", 1))
	o.Workbook = books{fails: errors.New("the cursor broke")}
	if _, err := o.Deliver(t.Context()); err == nil || len(post.sent) != 1 || post.sent[0].MessageID != "<b@acropolis>" {
		t.Errorf("%v, sent %+v: half a workbook must not leave", err, post.sent)
	}
	// The database may only be starting: the letter waits, and isn't given up.
	if store.done["a"].status != forum.MailPending || store.done["a"].times != 1 || store.done["b"].status != forum.MailSent {
		t.Errorf("noted %+v", store.done)
	}
}

// TestWhatTheServerSaidIsNotedEvenWhileWeStop: a letter that is out must not go out again after the restart.
func TestWhatTheServerSaidIsNotedEvenWhileWeStop(t *testing.T) {
	o, store, post := newOutbox(t, activities.Delivered{Status: forum.MailSent}, code("a", 1))
	ctx, stop := context.WithCancel(t.Context())
	post.while = stop
	if _, err := o.Deliver(ctx); err != nil {
		t.Fatal(err)
	}
	if store.done["a"].status != forum.MailSent {
		t.Errorf("noted %+v", store.done)
	}
}

func TestStoreThatIsAwayIsTold(t *testing.T) {
	away := forum.Refuse(forum.Unavailable, "city.unavailable")
	o, store, _ := newOutbox(t, activities.Delivered{Status: forum.MailSent}, code("a", 1))
	store.refuses = away
	if n, err := o.Deliver(t.Context()); n != 1 || !errors.Is(err, away) {
		t.Errorf("%d, %v", n, err)
	}
}
