package serve

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"acropolis/forum"
)

// TestKeyboardAloneGoesTheWholeWayInARealBrowser suggests, writes, votes, changes the vote, follows and looks where it stands, by
// Tab, Enter, Space, arrows and letters, on the real pages and the real store.
func TestKeyboardAloneGoesTheWholeWayInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	goTheWholeWay(t, true)
}

// TestWithoutScriptsTheWholeWayIsOpenInARealBrowser is the very same way, in a browser that runs no script.
func TestWithoutScriptsTheWholeWayIsOpenInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	goTheWholeWay(t, false)
}

func goTheWholeWay(t *testing.T, scripts bool) {
	c := newCity(t)
	open, _ := c.forums(t)
	w := newWalker(t, c.public.URL, scripts)
	w.open("/ko/")
	w.to("a.skip")
	if s := w.stop("a.skip"); !s.Within {
		t.Errorf("the skip link isn't seen: %+v", s)
	}
	w.press(kb.Enter)
	w.to("main a")
	w.back("a.skip")
	c.suggest(w)
	receipt := c.write(w, open)
	c.vote(w, open)
	c.follow(w, open)
	w.open("/ko/receipts/" + receipt)
	if text := w.see("main"); !strings.Contains(text, "분수도") {
		t.Errorf("the receipt opens %s", text)
	}
}

// suggest goes from the menu to the suggestion's number, over a refusal that loses no word.
func (c city) suggest(w *walker) {
	w.t.Helper()
	const text = "여름에 쉴 곳이 없습니다. 나무를 심어 주세요."
	w.enter(".site-nav a[href='/ko/suggestions']")
	w.enter("main a[href='/ko/suggestions/new']")
	w.write("#field-text", text)
	w.to("main form button")
	w.follow(kb.Enter, 422)
	w.refused("#field-title")
	if kept := w.value("#field-text"); kept != text {
		w.t.Errorf("of the text %q is kept", kept)
	}
	w.press("광장에 그늘을")
	w.to("[name=track]:checked")
	w.press(kb.ArrowDown)
	w.press(kb.ArrowUp)
	w.enter("main form button")
	if shown := w.see("main .card"); !strings.Contains(shown, text) || !strings.Contains(shown, "광장에 그늘을") {
		w.t.Errorf("before sending it shows %s", shown)
	}
	w.enter("main button.primary")
	w.numbered(`제안-\d{4}-\d{6}`)
}

// numbered finds the number on the page of what was sent.
func (w *walker) numbered(pattern string) {
	w.t.Helper()
	if number := w.see(".receipt .number"); !regexp.MustCompile(pattern).MatchString(number) {
		w.t.Errorf("the number is %q", number)
	}
}

// write goes from the menu to the opinion's number, over a refusal and back from the check, and on to the page of where it stands.
func (c city) write(w *walker, open forum.ID) (receipt string) {
	w.t.Helper()
	const text = "분수도 있으면 좋겠습니다."
	topic := "/ko/forums/" + string(open)
	w.enter(".site-nav a[href='/ko/forums']")
	w.enter("main a[href='" + topic + "']")
	w.enter("main a[href='" + topic + "/opinions/new']")
	w.write("#field-text", text)
	w.write("#field-email", "citizen")
	w.to("main form button")
	w.follow(kb.Enter, 422)
	w.refused("#field-email")
	if kept := w.value("#field-text"); kept != text {
		w.t.Errorf("of the text %q is kept", kept)
	}
	w.press(kb.End)
	w.press("@example.com")
	w.back("#field-district")
	w.press(kb.ArrowDown)
	chosen := w.value("#field-district")
	if chosen == "" {
		w.t.Error("the arrow chooses no district")
	}
	w.enter("main form button")
	w.enter("main button[name=edit]")
	if kept := w.value("#field-text"); kept != text || w.value("#field-district") != chosen {
		w.t.Errorf("back from the check %q is kept", kept)
	}
	w.enter("main form button")
	if shown := w.see("main .card"); !strings.Contains(shown, text) || !strings.Contains(shown, "citizen@example.com") {
		w.t.Errorf("before sending it shows %s", shown)
	}
	w.enter("main button.primary")
	w.numbered(`의견-\d{4}-\d{6}`)
	number := w.see(".receipt .number")
	w.enter("main a[href*='/receipts/']")
	if title := w.see("h1"); title != number || !strings.Contains(w.see("main"), text) {
		w.t.Errorf("%s leads to %s", number, title)
	}
	letter := c.letter(w.t, forum.MailOpinionReceived)
	if letter.Address != "citizen@example.com" {
		w.t.Errorf("the receipt goes to %q", letter.Address)
	}
	return letter.Data["receipt"]
}

// vote signs in by a mailed code, mistyped once, comes back to the opinion, agrees and thinks better of it.
func (c city) vote(w *walker, open forum.ID) {
	w.t.Helper()
	board, _, err := c.store.Board(w.t.Context(), forum.BoardFilter{Forum: open, Query: "잔디를"}, "", nil)
	if err != nil || len(board) != 1 {
		w.t.Fatal(board, err)
	}
	opinion := "#opinion-" + string(board[0].ID)
	w.open("/ko/forums/" + string(open))
	w.enter(opinion + " button[value=for]")
	w.write("#field-email", "citizen@example.com")
	w.follow(kb.Enter, 200)
	code := c.letter(w.t, forum.MailSessionCode).Data["code"]
	w.write("#field-code", strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code))
	w.follow(kb.Enter, 422)
	w.refused("#field-code")
	w.press(strings.Repeat(kb.Delete, len(code)) + strings.Repeat(kb.Backspace, len(code)) + code)
	w.follow(kb.Enter, 200)
	w.to(opinion + " button[value=for]")
	w.follow(" ", 200)
	w.see(opinion + " button[aria-pressed=true][value=none]")
	w.enter(opinion + " button[value=against]")
	if pressed := w.see(opinion + " button[aria-pressed=true]"); !strings.HasPrefix(pressed, "비공감") {
		w.t.Errorf("pressed is %q", pressed)
	}
	if err := c.store.Tally(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	after, err := c.store.PublicOpinion(w.t.Context(), board[0].ID, "", nil)
	if err != nil || after.For != board[0].For || after.Against != board[0].Against+1 {
		w.t.Errorf("for %d, against %d after one vote against %d and %d (%v)", after.For, after.Against, board[0].For, board[0].Against, err)
	}
}

// follow asks for news of the forum and confirms by the letter's link, then finds it among what is one's own.
func (c city) follow(w *walker, open forum.ID) {
	w.t.Helper()
	w.enter("aside a[href*='/subscriptions/new']")
	w.to("main form button")
	w.follow(kb.Enter, 422)
	w.refused("#field-email")
	w.press("citizen@example.com")
	w.follow(kb.Enter, 200)
	w.open("/ko/subscriptions/confirm/" + c.letter(w.t, forum.MailSubscriptionAsk).Data["secret"])
	w.to("[name=news]")
	w.press(" ")
	w.enter("main form button")
	w.enter(".user a")
	w.enter("main a[href$='show=subscriptions']")
	w.see("main a[href='/ko/forums/" + string(open) + "']")
	w.enter("main a[href$='show=votes']")
	w.see("main .tag")
}

// letter is the last one of its kind that is due, as its reader finds it.
func (c city) letter(t *testing.T, kind forum.MailKind) forum.Letter {
	t.Helper()
	letters, err := c.store.DueMails(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		if l.Kind == kind {
			return l
		}
	}
	t.Fatalf("no %s among %d letters", kind, len(letters))
	return forum.Letter{}
}
