package forum

import "time"

// Followers are who is told what happens to a forum.
type Followers struct {
	Authors     bool // of its published opinions, where they left an address
	Voters      bool // whose vote stands, where they voted with a confirmed address
	Subscribers bool // of this forum or of all, confirmed
}

var everyFollower = Followers{Authors: true, Voters: true, Subscribers: true}

// Told tells which followers a letter about a forum goes to.
var Told = map[MailKind]Followers{
	MailForumOpened:       {Subscribers: true},
	MailForumClosing:      everyFollower,
	MailForumClosed:       everyFollower,
	MailForumExtended:     everyFollower,
	MailForumSuspended:    everyFollower,
	MailForumResumed:      everyFollower,
	MailForumWithdrawn:    everyFollower,
	MailResponsePublished: everyFollower,
	MailResponseCorrected: everyFollower,
	MailMilestoneDone:     {Subscribers: true},
}

// NewsKinds are the letters that tell of what somebody follows: they may wait for the day's one letter, and whoever wants no
// news gets none of them. Everything else answers what somebody has just done, or waits for them, and goes at once.
var NewsKinds = []MailKind{MailForumOpened, MailForumClosing, MailForumClosed, MailForumExtended, MailForumSuspended, MailForumResumed,
	MailForumWithdrawn, MailResponsePublished, MailResponseCorrected, MailMilestoneDone, MailSuggestionSelected}

// StaffKinds are the letters to officials, in their languages alone.
var StaffKinds = []MailKind{MailWorkbook, MailHandoverAnswered, MailOwed, MailDigest}

// News is how often an address wants to hear of what it follows.
type News string

// The choices.
const (
	NewsDaily  News = "daily" // one letter a day at most, unless they ask for more
	NewsAtOnce News = "at_once"
	NewsNone   News = "none"
)

// NewsChoices are all of them, in the order in which they are offered.
var NewsChoices = []News{NewsDaily, NewsAtOnce, NewsNone}

// ParseNews reads a choice.
func ParseNews(text string) (News, error) {
	for _, one := range NewsChoices {
		if text == string(one) {
			return one, nil
		}
	}
	return "", Refuse(Invalid, "request.no_such_choice").At("news")
}

// NewsHour is when the day's one letter is written, on every day of the week: people are home, and what opened in the morning
// or closed at six is in it.
const NewsHour = 19

// NewsMost is how many events one letter tells of.
const NewsMost = 60

// NewsDay is the day whose letter is due at now.
func (c Calendar) NewsDay(now time.Time) (day string, due bool) {
	local := c.City(now)
	return local.Format(time.DateOnly), local.Hour() >= NewsHour
}

// NewsLine is one event in a day's letter: the letter that it would have been.
type NewsLine struct {
	Kind    MailKind          `json:"kind"`
	Subject ID                `json:"subject"`
	Data    map[string]string `json:"data"`
}
