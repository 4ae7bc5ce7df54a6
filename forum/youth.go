package forum

import (
	"strings"
	"time"
)

// Age is what the youth track asks before somebody writes: under fourteen, personal data are taken only with a guardian's
// consent.
type Age string

// The two answers.
const (
	FromFourteen  Age = "from_14"
	UnderFourteen Age = "under_14"
)

// Ages are the answers in the order in which forms show them.
var Ages = []Age{FromFourteen, UnderFourteen}

// GuardianDays is how many days a guardian has to answer; then the child's address is forgotten.
const GuardianDays = 7

// Young is who writes on the youth track. What they wrote is taken at once, without anything that tells who they are; the
// address that a child gave is used only once its guardian has agreed.
type Young struct {
	Age             Age
	Pseudonym       string
	Email, Guardian string
}

// Validate tells what is to be mended.
func (y Young) Validate() error {
	switch y.Age {
	case FromFourteen:
		return nil
	case UnderFourteen:
	case "":
		return Refuse(Invalid, "youth.age_missing").At("age")
	default:
		return Refuse(Invalid, "request.no_such_choice").At("age")
	}
	if y.Pseudonym != "" {
		return Refuse(Invalid, "youth.no_pseudonym").At("pseudonym")
	}
	if y.Email == "" {
		return nil // then nobody's consent is needed, and a guardian's address isn't kept
	}
	if err := emailShape("email", y.Email); err != nil {
		return err
	}
	if y.Guardian == "" {
		return Refuse(Invalid, "youth.guardian_missing").At("guardian")
	}
	if Mailbox(y.Guardian) == Mailbox(y.Email) {
		return Refuse(Invalid, "youth.guardian_same").At("guardian")
	}
	return emailShape("guardian", y.Guardian)
}

// AsksGuardian says whether a guardian is to be asked.
func (y Young) AsksGuardian() bool { return y.Age == UnderFourteen && y.Email != "" }

// GuardianAsk is the question to a guardian: may the city write to this child about what it wrote?
type GuardianAsk struct {
	Noun     Noun // TheOpinion or TheSuggestion
	Subject  ID
	Child    string // the child's address
	Guardian string
	Lang     string
}

// GuardianQuestion is what a guardian sees before answering. The child's address is masked: the letter may have gone astray.
type GuardianQuestion struct {
	Noun        Noun
	Number      string
	Title, Text string
	Lang        string // of the text
	Child       string // masked
	AnswerBy    time.Time
}

// MaskedEmail is an address as somebody sees it who may not be meant: c***@example.org.
func MaskedEmail(address string) string {
	name, host, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return "***"
	}
	return string([]rune(name)[:1]) + "***@" + host
}
