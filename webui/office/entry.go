package office

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Entries are words that staff enter for people who wrote a letter, called or came.
type Entries interface {
	SimilarForums(ctx context.Context, text string, n int) ([]forum.Forum, error)
	EnterOpinion(ctx context.Context, by forum.Official, o forum.NewOpinion) (forum.Accepted, error)
	EnteredOpinion(ctx context.Context, opinion forum.ID) (forum.Opinion, error)
}

// District is a part of the city that an author may live in. Its Korean name is what the city keeps.
type District struct{ Name, NameEn string }

// similarShown is how many similar suggestions and forums an official sees before entering another.
const similarShown = 5

// noChannel is how a form says that a suggestion is the official's own.
const noChannel = "none"

type enterView struct {
	base
	Form form
}

type similarForum struct {
	forum.Forum
	Name string
}

type entryCheckView struct {
	checkView
	Similar []forum.Suggestion
	Forums  []similarForum
	Sought  bool // whether similar ones were looked for
}

// EnterPage is the form for what came on paper or by telephone, or is an official's own idea.
func (h *Handlers) EnterPage(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "suggestion_new", enterView{Form: h.enterForm(c, h.sheet(c, nil, nil), newKey())})
}

func (h *Handlers) enterForm(c *gin.Context, s sheet, key string) form {
	var kinds []page.Choice
	for _, kind := range []forum.ProposerKind{forum.ByCitizen, forum.ByExpert, forum.ByOfficial} {
		kinds = append(kinds, page.Choice{Value: string(kind), Text: s.text("office.proposer." + string(kind))})
	}
	f := form{ID: string(forum.EnterSuggestion), Title: s.text("office.action.suggestion.enter"), URL: page.To(c, "suggestions"), Key: key,
		Button: s.text("office.entry.check"), Tone: "primary"}
	f.Fields = []*field{s.field(page.Field{Name: "kind", Kind: "radios", Required: true, Choices: kinds, Value: string(forum.ByCitizen)}, "office.field.proposer")}
	f.Fields = append(f.Fields, h.howItCame(s, page.Choice{Value: noChannel, Text: s.text("office.entry.own")})...)
	f.Fields = append(f.Fields,
		s.field(page.Field{Name: "track", Kind: "radios", Required: true, Choices: h.tracks(c, false), Value: string(forum.General)}, "office.field.track"),
		languageField(s),
		s.field(page.Field{Name: "title", Required: true}, "office.field.title"),
		s.field(page.Field{Name: "text", Kind: "area", Rows: 10, Max: forum.SuggestionTextMax, Required: true}, "office.field.text"),
		s.field(page.Field{Name: "pseudonym"}, "office.field.pseudonym"),
		s.field(page.Field{Name: "email", Kind: "email", Hint: "office.field.email.hint"}, "office.field.email"))
	return f
}

// howItCame asks for the channel and the day of receipt.
func (h *Handlers) howItCame(s sheet, also ...page.Choice) []*field {
	var channels []page.Choice
	for _, channel := range forum.Channels {
		channels = append(channels, page.Choice{Value: string(channel), Text: s.text("channel." + string(channel))})
	}
	return []*field{
		s.field(page.Field{Name: "channel", Kind: "radios", Required: true, Choices: append(channels, also...)}, "channel.title"),
		s.field(page.Field{Name: "received", Kind: "date", Required: true, Value: h.today(), Hint: "office.field.received.hint"}, "office.field.received"),
	}
}

// languageField asks in which of the public pages' languages somebody writes and is written to.
func languageField(s sheet) *field {
	var langs []page.Choice
	for _, lang := range page.Public.Languages() {
		langs = append(langs, page.Choice{Value: lang, Text: s.text("office.lang." + lang)})
	}
	return s.field(page.Field{Name: "lang", Kind: "radios", Required: true, Choices: langs, Value: s.lang}, "office.field.lang")
}

// today is the city's day. The store asks the database for it again.
func (h *Handlers) today() string { return h.Now().In(page.Seoul).Format(time.DateOnly) }

// entryOf reads how something came.
func entryOf(c *gin.Context, values *page.Values) forum.Entry {
	if values.Get("channel") == noChannel {
		return forum.Entry{From: c.ClientIP()}
	}
	return forum.Entry{Channel: forum.Channel(values.Get("channel")), Received: values.Get("received"), From: c.ClientIP()}
}

// Enter hands a suggestion in on somebody's behalf, or as an official's own; the row names the official who entered it. What
// is like it is shown first.
func (h *Handlers) Enter(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	s := forum.NewSuggestion{Title: page.OneLine(values.Get("title")), Text: values.Get("text"), Pseudonym: page.OneLine(values.Get("pseudonym")),
		Lang: values.Get("lang"), Track: forum.Track(values.Get("track")), Kind: forum.ProposerKind(values.Get("kind")), Email: values.Get("email"),
		Official: officialOf(c).ID, Entry: entryOf(c, values)}
	if err == nil {
		err = errors.Join(knownChoices(s), s.ValidateEntry(h.today()), s.Validate(), page.CheckPseudonym(s.Pseudonym))
	}
	if err == nil {
		s.Idempotency, err = entryKey(officialOf(c).ID, values.Get("key"), s)
	}
	var accepted forum.Accepted
	switch {
	case err != nil:
	case values.Get("change") == "yes":
		return h.site.Render(c, http.StatusOK, "suggestion_new", enterView{Form: h.enterForm(c, h.sheet(c, values, nil), newKey())})
	case values.Get("confirmed") != "yes":
		return h.checkSuggestion(c, values, s)
	default:
		accepted, err = h.Store.Suggest(c, s)
	}
	if err != nil {
		return h.site.Refused(c, "suggestion_new", enterView{Form: h.enterForm(c, h.sheet(c, values, err), keyAfter(err, values))}, err)
	}
	h.keepReceipt(c, accepted)
	return h.site.Redirect(c, page.To(c, "suggestions", accepted.ID, "receipt"))
}

// keyAfter is a refused form's next key: the same one while the first may have been taken all the same.
func keyAfter(err error, values *page.Values) string {
	if code := forum.CodeOf(err); code == forum.Unavailable || code == forum.Internal {
		return values.Get("key")
	}
	return newKey()
}

func (h *Handlers) checkSuggestion(c *gin.Context, values *page.Values, s forum.NewSuggestion) error {
	view := entryCheckView{checkView: h.entryCheck(c, values, h.enterForm(c, h.sheet(c, values, nil), values.Get("key"))), Sought: true}
	view.Form.Button = h.site.Text(page.Lang(c), "office.action.suggestion.enter")
	var err error
	if view.Similar, err = h.Store.SimilarSuggestions(c, s.Title+" "+s.Text, similarShown); err != nil {
		return err
	}
	forums, err := h.Store.SimilarForums(c, s.Title+" "+s.Text, similarShown)
	if err != nil {
		return err
	}
	for _, f := range forums {
		view.Forums = append(view.Forums, similarForum{f, forumTitle(page.Lang(c), f)})
	}
	return h.site.Render(c, http.StatusOK, "entry_check", view)
}

// entryCheck reads a form out before it is sent, and sends it along.
func (h *Handlers) entryCheck(c *gin.Context, values *page.Values, f form) checkView {
	view := checkView{Form: f}
	for _, one := range f.Fields {
		if one.Name != "received" || values.Get("channel") != noChannel {
			view.Lines = append(view.Lines, checkLine{one.Label, one.Said(page.Lang(c))})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Request.PostForm)) {
		if name != "key" && name != "change" && name != "confirmed" {
			view.Form.Fixed = append(view.Form.Fixed, held{name, values.Get(name)})
		}
	}
	view.Form.Fixed = append(view.Form.Fixed, held{"confirmed", "yes"})
	return view
}

func knownChoices(s forum.NewSuggestion) error {
	switch {
	case !isOne(string(s.Kind), []forum.ProposerKind{forum.ByCitizen, forum.ByExpert, forum.ByOfficial}):
		return forum.Refuse(forum.Invalid, "choice.missing").At("kind")
	case s.Track != forum.General && s.Track != forum.Youth:
		return forum.Refuse(forum.Invalid, "choice.missing").At("track")
	}
	return knownLanguage(s.Lang)
}

func knownLanguage(lang string) error {
	if !slices.Contains(page.Public.Languages(), lang) {
		return forum.Refuse(forum.Invalid, "choice.missing").At("lang")
	}
	return nil
}

// entryKey scopes a form's key to the official who sent it.
func entryKey(official forum.ID, key string, s forum.NewSuggestion) (forum.Idempotency, error) {
	return keyOfEntry(official, key, s.Title, s.Text, s.Pseudonym, s.Lang, string(s.Track), string(s.Kind), s.Email, string(s.Entry.Channel), s.Entry.Received)
}

func keyOfEntry(official forum.ID, key string, texts ...string) (forum.Idempotency, error) {
	key, err := forum.ParseIdempotencyKey(key)
	if err != nil {
		return forum.Idempotency{}, forum.Refuse(forum.Invalid, "decision.key_missing")
	}
	scope := sha256.Sum256([]byte("office entry of " + official))
	body := sha256.New()
	for _, text := range texts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		body.Write(size[:])
		body.Write([]byte(text))
	}
	return forum.Idempotency{Scope: scope[:], Key: key, Body: body.Sum(nil)}, nil
}
