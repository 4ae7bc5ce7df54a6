package postgres_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
)

// follows makes a confirmed subscriber of forums.
func (c city) follows(name string, often forum.News, forums ...forum.ID) forum.ID {
	c.t.Helper()
	contact := citizen(c.t, c.Store, name)
	exec(c.t, c.Store, `UPDATE contacts SET news = $2 WHERE id = $1`, contact, often)
	for _, id := range forums {
		exec(c.t, c.Store, `INSERT INTO subscriptions (id, forum_id, contact_id, secret, confirmed_at) VALUES (gen_random_uuid(), $2, $1, '', now())`, contact, id)
	}
	return contact
}

// lettersTo is what would go to an address now.
func (c city) lettersTo(name string) []forum.Letter {
	c.t.Helper()
	var all []forum.Letter
	for _, l := range due(c.t, c.Store, 1000) {
		if l.Address == name+"@example.org" {
			all = append(all, l)
		}
		done(c.t, c.Store, l.ID, forum.MailSent, 0)
	}
	return all
}

// wantMails is how many letters to somebody stand at a status.
func (c city) wantMails(who forum.ID, status forum.MailStatus, n int) {
	c.t.Helper()
	if got := one[int](c.t, c.Store, `SELECT count(*) FROM mails WHERE contact_id = $1 AND status = $2`, who, status); got != n {
		c.t.Errorf("%d letters are %s, want %d", got, status, n)
	}
}

func (c city) newsAt(clock interface{ Set(time.Time) }, at time.Time) {
	c.t.Helper()
	clock.Set(at)
	c.must(c.TellNews(c.t.Context()))
}

// TestOneLetterADayTellsOfThreeForums, at seven in the evening, Sundays too; what happens afterwards waits for the next day. Who
// wants each at once gets each. Nobody is told of an event twice.
func TestOneLetterADayTellsOfThreeForums(t *testing.T) {
	c, clock := timedCity(t)
	forums := []forum.ID{openForum(t, c.Store), openForum(t, c.Store), openForum(t, c.Store)}
	daily, eager := c.follows("daily", forum.NewsDaily, forums...), c.follows("eager", forum.NewsAtOnce, forums...)
	exec(t, c.Store, `UPDATE contacts SET lang = 'en' WHERE id = $1`, daily)
	exec(t, c.Store, `UPDATE forums SET title_en = 'The square' WHERE id = $1`, forums[0])
	for range 2 {
		for _, id := range forums {
			c.must(c.TellEveryone(t.Context(), id, "response_published:"+string(id)))
		}
	}
	if got := len(c.lettersTo("eager")); got != 3 {
		t.Errorf("who wants each at once has %d letters", got)
	}
	c.wantMails(daily, forum.MailWaiting, 3)
	c.newsAt(clock, inSeoul(29, 18))
	if got := c.lettersTo("daily"); len(got) != 0 {
		t.Errorf("before the hour: %+v", got)
	}
	var workers sync.WaitGroup
	clock.Set(inSeoul(29, 19))
	for range 4 {
		workers.Go(func() { c.must(c.TellNews(t.Context())) })
	}
	workers.Wait()
	c.wantMails(daily, forum.MailGathered, 3)
	got := c.lettersTo("daily")
	if len(got) != 1 || got[0].Kind != forum.MailNews || got[0].Lang != "en" || got[0].Data["count"] != "3" || got[0].Unsubscribe == "" {
		t.Fatalf("%+v", got)
	}
	var lines []forum.NewsLine
	c.must(json.Unmarshal([]byte(got[0].Data["lines"]), &lines))
	if len(lines) != 3 || lines[0].Kind != forum.MailResponsePublished || lines[0].Subject != forums[0] || lines[0].Data["title"] != "The square" || lines[0].Data["reason"] != "why" {
		t.Errorf("%+v", lines)
	}
	c.must(c.TellEveryone(t.Context(), forums[0], "again"))
	c.newsAt(clock, inSeoul(29, 22))
	if got := c.lettersTo("daily"); len(got) != 0 {
		t.Errorf("a second letter on that day: %+v", got)
	}
	c.newsAt(clock, inSeoul(30, 19))
	if got := c.lettersTo("daily"); len(got) != 1 || got[0].Data["count"] != "1" {
		t.Errorf("on the next day: %+v", got)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM mails WHERE contact_id IN ($1, $2)`, daily, eager); n != 4+2+4 {
		t.Errorf("%d rows", n)
	}
}

// TestWhoWantsItAtOnceGetsWhatWaits, and who ends it nothing: neither what waits nor what is about to go, and their subscriptions
// are over. What answers something that they did still comes.
func TestWhoWantsItAtOnceGetsWhatWaits(t *testing.T) {
	c := newCity(t)
	id := c.open()
	first, second, third := c.follows("first", forum.NewsDaily, id), c.follows("second", forum.NewsDaily, id), c.follows("third", forum.NewsAtOnce, id)
	c.must(c.TellEveryone(t.Context(), id, "out"))
	c.wantMails(first, forum.MailWaiting, 1)
	c.wantMails(third, forum.MailPending, 1)
	c.must(c.ChooseNews(t.Context(), first, forum.NewsAtOnce))
	c.must(c.ChooseNews(t.Context(), second, forum.NewsNone))
	c.wantMails(first, forum.MailPending, 1)
	c.wantMails(second, forum.MailDropped, 1)
	exec(t, c.Store, `UPDATE contacts SET news = 'none' WHERE id = $1`, third) // while its letter is on its way out
	if got := due(t, c.Store, 10); len(got) != 1 || got[0].Address != "first@example.org" {
		t.Errorf("%+v", got)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM mails WHERE status = 'dropped' AND data = '{}'`); n != 2 {
		t.Errorf("%d dropped", n)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM subscriptions WHERE contact_id = $1 AND ended_at IS NULL`, second); n != 0 {
		t.Errorf("%d subscriptions go on", n)
	}
	c.must(c.TellEveryone(t.Context(), id, "corrected"))
	c.must(c.AskSession(t.Context(), "second@example.org", "ko"))
	if n := one[int](t, c.Store, `SELECT count(*) FROM mails WHERE contact_id = $1 AND status <> 'dropped' AND kind <> 'session_code'`, second); n != 0 {
		t.Errorf("%d letters to whoever has ended the news", n)
	}
	if got := c.lettersTo("second"); len(got) != 1 || got[0].Kind != forum.MailSessionCode || got[0].Unsubscribe != "" {
		t.Errorf("%+v", got)
	}
	often, err := c.News(t.Context(), first)
	if err != nil || often != forum.NewsAtOnce {
		t.Errorf("%s, %v", often, err)
	}
	refused(t, c.ChooseNews(t.Context(), id, forum.NewsNone), forum.NotFound, "page.not_found")
}

// TestUnsubscribeSecretIsTheLettersOwn: it names its reader, and a changed one nobody.
func TestUnsubscribeSecretIsTheLettersOwn(t *testing.T) {
	c := newCity(t)
	id := c.open()
	reader := c.follows("reader", forum.NewsAtOnce, id)
	c.must(c.TellEveryone(t.Context(), id, "out"))
	secret := c.lettersTo("reader")[0].Unsubscribe
	if got, err := c.NewsReader(secret); err != nil || got != reader {
		t.Errorf("%s, %v", got, err)
	}
	for i := range secret {
		changed := []byte(secret)
		changed[i] ^= 1
		if who, err := c.NewsReader(string(changed)); err == nil && who == reader && i < len(secret)-1 {
			t.Errorf("changed at %d, it is still the reader's", i)
		} else if err == nil && who != reader {
			t.Errorf("changed at %d, it is %s's", i, who)
		}
	}
	for _, other := range []string{"", "x", string(reader), secret + "AA"} {
		_, err := c.NewsReader(other)
		refused(t, err, forum.NotFound, "page.not_found")
	}
}

// TestVotersAreToldWithoutBeingListed: who voted with a confirmed address hears of the close; who took the vote back, who voted
// elsewhere and who has ended the news doesn't. No row says that they voted.
func TestVotersAreToldWithoutBeingListed(t *testing.T) {
	c := newCity(t)
	id, other := c.open(), c.open()
	voter, fickle, quiet, elsewhere := citizen(t, c.Store, "voter"), citizen(t, c.Store, "fickle"), citizen(t, c.Store, "quiet"), citizen(t, c.Store, "elsewhere")
	opinion, there := accept(t, c.Store, opinionOf(id, "광장을 만들어 주십시오."))[0].ID, accept(t, c.Store, opinionOf(other, "공원도 만들어 주십시오."))[0].ID
	vote(t, c.Store, forum.NewVote{Opinion: opinion, Citizen: voter, Choice: forum.For}, forum.NewVote{Opinion: opinion, Citizen: fickle, Choice: forum.For},
		forum.NewVote{Opinion: opinion, Citizen: quiet, Choice: forum.Against}, forum.NewVote{Opinion: there, Citizen: elsewhere, Choice: forum.For})
	vote(t, c.Store, forum.NewVote{Opinion: opinion, Citizen: fickle, Choice: forum.NoChoice})
	c.must(c.ChooseNews(t.Context(), quiet, forum.NewsNone))
	c.must(c.Tally(t.Context()))
	closeForum(t, c.Store, id)
	if got := c.announced(forum.MailForumClosed, id); len(got) != 1 || got[0][:len("voter@")] != "voter@" {
		t.Errorf("told: %q", got)
	}
	c.wantNothingWrong()
}

// TestBadAddressIsAskedToConfirmAndThenGood: nothing but what lets it confirm itself goes to it, until it has.
func TestBadAddressIsAskedToConfirmAndThenGood(t *testing.T) {
	c := newCity(t)
	id := c.open()
	c.follows("reader", forum.NewsAtOnce, id)
	c.must(c.TellEveryone(t.Context(), id, "before"))
	c.must(c.MarkBadAddress(t.Context(), "reader@example.org"))
	c.must(c.TellEveryone(t.Context(), id, "while"))
	if got := c.lettersTo("reader"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if n, err := c.BadAddresses(t.Context()); n != 1 || err != nil {
		t.Errorf("%d bad addresses, %v", n, err)
	}
	c.must(c.Subscribe(t.Context(), "reader@example.org", id, "ko"))
	got := c.lettersTo("reader")
	if len(got) != 1 || got[0].Kind != forum.MailSubscriptionAsk {
		t.Fatalf("%+v", got)
	}
	c.must(c.ConfirmSubscription(t.Context(), got[0].Data["secret"], ""))
	c.must(c.TellEveryone(t.Context(), id, "after"))
	if got := c.lettersTo("reader"); len(got) != 1 || got[0].Kind != forum.MailResponsePublished {
		t.Errorf("%+v", got)
	}
}

// TestLetterThatCameBackMakesItsAddressBadOnce: the report read again, after its owner has confirmed the address, changes nothing;
// a letter that never went out and one that isn't ours neither.
func TestLetterThatCameBackMakesItsAddressBadOnce(t *testing.T) {
	c := newCity(t)
	id := c.open()
	reader := c.follows("reader", forum.NewsAtOnce, id)
	c.must(c.TellEveryone(t.Context(), id, "out"))
	letter := due(t, c.Store, 1)[0]
	note := func(id string, bad, want bool) {
		t.Helper()
		if noted, err := c.NoteBounce(t.Context(), id, "5.1.1", bad); noted != want || err != nil {
			t.Errorf("noted: %v, %v", noted, err)
		}
	}
	bad := func() int {
		n, err := c.BadAddresses(t.Context())
		c.must(err)
		return n
	}
	note(letter.MessageID, true, false) // it isn't sent yet
	done(t, c.Store, letter.ID, forum.MailSent, 0)
	note("<another@acropolis>", true, false)
	if bad() != 0 {
		t.Error("an address is bad without a letter that came back")
	}
	note(letter.MessageID, true, true)
	if bad() != 1 {
		t.Error("the address is good still")
	}
	exec(t, c.Store, `UPDATE contacts SET bad_at = NULL WHERE id = $1`, reader)
	note(letter.MessageID, true, false)
	if bad() != 0 {
		t.Error("an old report makes a confirmed address bad again")
	}
	c.must(c.TellEveryone(t.Context(), id, "full"))
	letter = due(t, c.Store, 1)[0]
	done(t, c.Store, letter.ID, forum.MailSent, 0)
	note(letter.MessageID, false, true)
	if bad() != 0 {
		t.Error("a full box makes the address bad")
	}
	if v, err := c.Vitals(t.Context()); err != nil || v.BadAddresses != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}
