package forum

import "time"

// MailStatus is where a letter stands.
type MailStatus string

// The statuses of a mail.
const (
	MailPending    MailStatus = "pending"
	MailAttempting MailStatus = "attempting"
	MailSent       MailStatus = "sent"
	MailFailed     MailStatus = "failed"
	MailUnknown    MailStatus = "unknown"
	MailWaiting    MailStatus = "waiting"  // for the day's one letter to its reader
	MailGathered   MailStatus = "gathered" // into that letter
	MailDropped    MailStatus = "dropped"  // its reader has ended the news, or has no address any more
)

// MailSteps is the life of a mail: a passing failure makes it pending again, an operator's Retry revives a failed or unknown one.
// News waits for the day's letter, unless its reader wants each at once. Nothing is left to do about a letter whose reader's address
// was erased, wherever it stands.
var MailSteps = Steps[MailStatus]{
	MailWaiting:    {MailGathered, MailPending, MailDropped},
	MailPending:    {MailAttempting, MailDropped},
	MailAttempting: {MailSent, MailFailed, MailUnknown, MailPending, MailDropped},
	MailFailed:     {MailPending, MailDropped},
	MailUnknown:    {MailPending, MailDropped},
}

// MailKind is the event that a letter tells of; one row per event and recipient.
type MailKind string

// The letters.
const (
	MailSessionCode        MailKind = "session_code"
	MailOpinionReceived    MailKind = "opinion_received"
	MailOpinionHidden      MailKind = "opinion_hidden"
	MailOpinionPublished   MailKind = "opinion_published"
	MailOpinionHeld        MailKind = "opinion_held" // again, because a batch was undone
	MailAppealDismissed    MailKind = "appeal_dismissed"
	MailSuggestionReceived MailKind = "suggestion_received"
	MailSuggestionAnswered MailKind = "suggestion_answered"
	MailSuggestionSelected MailKind = "suggestion_selected" // to whoever backs it
	MailSubscriptionAsk    MailKind = "subscription_confirm"
	MailGuardianAsked      MailKind = "guardian_asked" // may the city write to a child?
	MailForumOpened        MailKind = "forum_opened"
	MailForumClosing       MailKind = "forum_closing" // the close is near
	MailForumClosed        MailKind = "forum_closed"
	MailForumExtended      MailKind = "forum_extended"
	MailForumSuspended     MailKind = "forum_suspended"
	MailForumResumed       MailKind = "forum_resumed"
	MailForumWithdrawn     MailKind = "forum_withdrawn"
	MailInvitation         MailKind = "invitation"
	MailInvitationReminder MailKind = "invitation_reminder"
	MailInvitationEnded    MailKind = "invitation_ended"
	MailInvitationReceived MailKind = "invitation_received"
	MailInvitationOut      MailKind = "invitation_published"
	MailWorkbook           MailKind = "workbook"
	MailAwardOffered       MailKind = "award_offered"
	MailResponsePublished  MailKind = "response_published"
	MailResponseCorrected  MailKind = "response_corrected"
	MailMilestoneDone      MailKind = "milestone_done"
	MailHandoverAnswered   MailKind = "handover_answered"
	MailOwed               MailKind = "owed"
	MailDigest             MailKind = "digest"
	MailNews               MailKind = "news" // a citizen's day in one letter
)

// MailKinds are all letters.
var MailKinds = []MailKind{MailSessionCode, MailOpinionReceived, MailOpinionHidden, MailOpinionPublished, MailOpinionHeld, MailAppealDismissed, MailSuggestionReceived, MailSuggestionAnswered, MailSuggestionSelected, MailSubscriptionAsk, MailGuardianAsked, MailForumOpened, MailForumClosing, MailForumClosed, MailForumExtended, MailForumSuspended, MailForumResumed, MailForumWithdrawn,
	MailInvitation, MailInvitationReminder, MailInvitationEnded, MailInvitationReceived, MailInvitationOut,
	MailWorkbook, MailAwardOffered, MailResponsePublished, MailResponseCorrected, MailMilestoneDone, MailHandoverAnswered, MailOwed, MailDigest, MailNews}

// Mail is one row of the outbox, as the operator's page shows it: the address stays in contacts.
type Mail struct {
	ID        ID
	Kind      MailKind
	Status    MailStatus
	Noun      Noun
	Subject   ID
	MessageID string
	Attempts  int
	Problem   string
	CreatedAt time.Time
	NextAt    time.Time
}

// Letter is a mail about to be sent, with what its words need. It never enters a history or a log.
type Letter struct {
	Mail
	Address string
	Lang    string
	Data    map[string]string // codes, titles, dates (RFC 3339), receipts, one-time secrets

	Unsubscribe string // with news: what ends it, as the page takes it
}

// EraseContact is a citizen's own step: no duty, but their session.
const EraseContact Action = "contact.erase"

// Session is a citizen's confirmed presence.
type Session struct {
	Contact ID
	Until   time.Time
	Since   time.Time // when the city first heard of the address
	Domain  []byte    // keyed hash of its domain, and whether that is a common provider's
	Common  bool
	Kind    IdentityPolicy // how the person was confirmed: by a mailed code, or by the gateway
}

// SessionCodeLife is how long a mailed code may be used, and SessionLife how long a confirmed session lasts.
const (
	SessionCodeLife  = 10 * time.Minute
	SessionLife      = 12 * time.Hour
	SessionCodeTries = 5
)
