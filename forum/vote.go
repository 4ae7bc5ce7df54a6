package forum

import "time"

// Choice is a voter's for or against; NoChoice takes a vote back.
type Choice string

// The choices.
const (
	For      Choice = "for"
	Against  Choice = "against"
	NoChoice Choice = ""
)

// ParseChoice reads a caller's choice.
func ParseChoice(s string) (Choice, error) {
	switch c := Choice(s); c {
	case For, Against:
		return c, nil
	}
	return "", Refuse(Invalid, "vote.no_such_choice").At("choice")
}

// Sign is the choice as the database keeps it: 1 for, -1 against, 0 taken back.
func (c Choice) Sign() int16 {
	switch c {
	case For:
		return 1
	case Against:
		return -1
	}
	return 0
}

// ChoiceOf is the choice that Sign gave.
func ChoiceOf(sign int16) Choice {
	switch {
	case sign > 0:
		return For
	case sign < 0:
		return Against
	}
	return NoChoice
}

// NewVote is one person's choice on one opinion; one person has one vote per opinion, changeable until the close.
type NewVote struct {
	Forum       ID // of the opinion; the handler looked it up
	Opinion     ID
	Citizen     ID             // the signed-in citizen's contact, or empty
	Kind        IdentityPolicy // of their session; empty: by a mailed code
	Device      []byte         // the browser's secret, for forums that know voters by it
	Voter       []byte         // HMAC of the person under the forum's key; the store makes it
	Choice      Choice
	Origin      Origin
	Idempotency Idempotency // Key may be empty: a PUT is idempotent by itself
}

// VoteCast is the answer to a vote.
type VoteCast struct {
	For        int       `json:"for"`
	Against    int       `json:"against"`
	Mine       Choice    `json:"mine"`
	AcceptedAt time.Time `json:"-"`
}

// NewHit is one view of a topic page; a second within HitWindow by the same visitor isn't one.
type NewHit struct {
	Forum   ID
	Visitor []byte // whatever tells one reader from another for a while; only a hash of it is kept, another one each day
	Lang    string // of the page
}

// LangHits is how often a topic's page was seen in one language.
type LangHits struct {
	Lang string
	Hits int
}

// HitWindow is how long a reload is the same view.
const HitWindow = 30 * time.Minute
