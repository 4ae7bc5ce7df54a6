package forum

import (
	"encoding/hex"
	"regexp"
)

// ID names a row: a UUID in its usual spelling. IDs are UUIDv7, made by whoever writes the row.
type ID string

var idShape = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ParseID reads an ID from an address; anything else names nothing, so the refusal is NotFound.
func ParseID(s string) (ID, error) {
	if !idShape.MatchString(s) {
		return "", Refuse(NotFound, "page.not_found")
	}
	return ID(s), nil
}

// Receipt opens the status page of what somebody sent: 128 random bits in hex. Whoever has it may read the page, so it is
// a secret of the sender's and is kept out of logs.
type Receipt string

// ParseReceipt reads a receipt from an address; anything else opens nothing.
func ParseReceipt(s string) (Receipt, error) {
	if raw, err := hex.DecodeString(s); err != nil || len(raw) != 16 {
		return "", Refuse(NotFound, "receipt.not_found")
	}
	return Receipt(s), nil
}

// Track is who a forum is for.
type Track string

// General forums are open to all; youth forums have a committee, a jury and a pool of their own.
const (
	General Track = "general"
	Youth   Track = "youth"
)

// Noun names a kind of thing in rows and addresses that may point to several kinds.
type Noun string

// The nouns that decisions, owed steps, approvals and audit rows point to.
const (
	TheSuggestion   Noun = "suggestion"
	TheRound        Noun = "round"
	TheForum        Noun = "forum"
	TheAssignment   Noun = "assignment"
	TheDossier      Noun = "dossier"
	TheApproval     Noun = "approval"
	TheOpinion      Noun = "opinion"
	TheAnalysis     Noun = "analysis"
	TheAwards       Noun = "awards"
	TheAward        Noun = "award"
	TheResponse     Noun = "response"
	TheCorrection   Noun = "correction"
	TheMilestone    Noun = "milestone"
	TheExtension    Noun = "extension"
	TheMinutes      Noun = "minutes"
	TheEarlyClose   Noun = "early_close"
	TheSuspension   Noun = "suspension"
	TheUrgent       Noun = "urgent"
	TheInvitation   Noun = "invitation"
	TheMail         Noun = "mail"
	TheSession      Noun = "session"
	TheSubscription Noun = "subscription"
	TheContact      Noun = "contact"
	TheOfficial     Noun = "official"
	TheHoliday      Noun = "holiday"
	TheUsualLine    Noun = "usual_line"
	TheDelegation   Noun = "delegation"
	TheExclusion    Noun = "exclusion"
)
