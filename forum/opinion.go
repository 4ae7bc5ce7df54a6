package forum

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// OpinionStatus is where a citizen's opinion stands.
type OpinionStatus string

// The statuses of an opinion.
const (
	OpinionHeld      OpinionStatus = "held"
	OpinionPublished OpinionStatus = "published"
	OpinionHidden    OpinionStatus = "hidden"
	OpinionWithdrawn OpinionStatus = "withdrawn"
)

// OpinionSteps is the life of an opinion. A held one may also be refused by the moderator or taken back by its author
// before it was ever shown. The two steps back to held are taken only when a batch is undone.
var OpinionSteps = Steps[OpinionStatus]{
	OpinionHeld:      {OpinionPublished, OpinionHidden, OpinionWithdrawn},
	OpinionPublished: {OpinionHidden, OpinionWithdrawn, OpinionHeld},
	OpinionHidden:    {OpinionPublished, OpinionHeld},
}

// WithdrawOpinion is an author's own step; its receipt is asked for, no duty.
const WithdrawOpinion Action = "opinion.withdraw"

// IsPublic says whether a citizen may see it: hidden text never appears in any list, report, export, feed or count.
func (s OpinionStatus) IsPublic() bool { return s == OpinionPublished }

// Limits of an opinion, in characters (PRODUCT.md 2.5).
const (
	OpinionTextMin, OpinionTextMax = 2, 4000
	OpinionTitleMax                = 500
	PseudonymMax                   = 40
	DistrictMax                    = 20
	ReasonMax                      = 1000
)

// Idempotency is a write's key, scoped to the browser's or client's secret. The same key and body get the same answer.
type Idempotency struct {
	Scope []byte // HMAC of the browser's secret
	Key   string // the caller's Idempotency-Key, 1 to 100 printable ASCII characters
	Body  []byte // SHA-256 of the canonical body
}

// ParseIdempotencyKey checks a caller's key.
func ParseIdempotencyKey(key string) (string, error) {
	if key == "" {
		return "", Refuse(Invalid, "idempotency.missing").At("Idempotency-Key")
	}
	if len(key) > 100 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", Refuse(Invalid, "idempotency.malformed").At("Idempotency-Key")
	}
	return key, nil
}

// NewOpinion is what a citizen sends to a forum's board; texts are NFC already.
type NewOpinion struct {
	Forum       ID
	Title, Text string
	Pseudonym   string
	District    string
	Lang        string
	Email       string // optional, for the receipt; kept as a contact only
	Citizen     ID     // the signed-in citizen's contact, or empty
	Device      []byte // the browser's secret: whose opinion it is where nobody is signed in
	Official    ID     // the official who enters it for somebody, or empty
	Entry       Entry  // how it came, where an official enters it
	Origin      Origin
	Idempotency Idempotency
}

// Validate tells what the citizen can mend.
func (o NewOpinion) Validate() error {
	for _, check := range []error{
		lengthOf("text", strings.TrimSpace(o.Text), OpinionTextMin, OpinionTextMax),
		lengthOf("title", o.Title, 0, OpinionTitleMax),
		lengthOf("pseudonym", o.Pseudonym, 0, PseudonymMax),
		lengthOf("district", o.District, 0, DistrictMax),
		emailShape("email", o.Email),
	} {
		if check != nil {
			return check
		}
	}
	return nil
}

// Accepted is the answer to an accepted opinion or suggestion; a retry with the same key gets the same one.
type Accepted struct {
	ID         ID        `json:"id"`
	Number     string    `json:"number"` // 2026-001284, for people
	Receipt    Receipt   `json:"receipt"`
	Status     string    `json:"status"`
	AcceptedAt time.Time `json:"accepted_at"`
	Repeated   bool      `json:"-"` // answered from an earlier request with the same key
}

// Outcome is what became of one row of a batch: an answer, or the refusal (or fault) that it met.
type Outcome[A any] struct {
	Answer A
	Err    error
}

// Opinion as the board shows it.
type Opinion struct {
	ID             ID            `json:"id"`
	Forum          ID            `json:"forum"`
	Number         string        `json:"number"`
	Status         OpinionStatus `json:"status"`
	Title          string        `json:"title,omitempty"`
	Text           string        `json:"text"`
	Pseudonym      string        `json:"pseudonym,omitempty"`
	District       string        `json:"district,omitempty"`
	Lang           string        `json:"lang"`
	DossierVersion int           `json:"dossier_version"`
	AcceptedAt     time.Time     `json:"accepted_at"`
	For            int           `json:"for"`
	Against        int           `json:"against"`
	Mine           Choice        `json:"mine,omitempty"`
	Reason         string        `json:"-"` // of hiding, in words
	Code           ReasonCode    `json:"-"` // of hiding
	HeldFor        []DataKind    `json:"-"` // the kinds of personal data that it was held for
	Awarded        bool          `json:"awarded,omitempty"`
	Channel        Channel       `json:"channel,omitempty"`     // how it came, where staff entered it
	ReceivedOn     string        `json:"received_on,omitempty"` // the day on which it came
	EnteredBy      string        `json:"-"`                     // for staff only
}

// BoardSort is an order of a board.
type BoardSort string

// The orders of PRODUCT.md section 5. Best is the lower confidence bound of agreement.
const (
	BestFirst   BoardSort = "best"
	NewestFirst BoardSort = "newest"
	OldestFirst BoardSort = "oldest"
)

// BoardFilter narrows and orders a board.
type BoardFilter struct {
	Forum      ID
	Sort       BoardSort
	Query      string        // words, all of which must occur, also as parts of words
	Until      time.Time     // only what was accepted until then, so that pages stay what they are while new opinions come; zero: all
	Theme      string        // of Results.Themes, or empty
	Status     OpinionStatus // staff only; empty: published
	Voter      []byte        // whose own choices are shown, or nil
	Page, Size int
}

// IsSearch says whether the filter asks for words.
func (f BoardFilter) IsSearch() bool { return f.Query != "" || f.Theme != "" }

// Status page of what somebody sent, opened by its receipt.
type ReceiptStatus struct {
	Noun       Noun
	Opinion    *Opinion
	Suggestion *Suggestion
	Forum      *Forum
	History    []StatusChange
	Answer     *Paragraph // the paragraph of the response that answers it
	Award      *Award
	Appeal     *Appeal // against the latest hiding
}

// StatusChange is one dated step of a noun's life.
type StatusChange struct {
	Status string     `json:"status"`
	At     time.Time  `json:"at"`
	Code   ReasonCode `json:"code,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

func emailShape(field, address string) error {
	if address == "" {
		return nil
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > 254 {
		return Refuse(Invalid, "email.malformed").At(field)
	}
	return nil
}

// ValidateEmail refuses what is no plain address.
func ValidateEmail(address string) error {
	if address == "" {
		return Refuse(Invalid, "text.missing").At("email")
	}
	return emailShape("email", address)
}

func itoa(n int) string { return strconv.Itoa(n) }
