package forum

import (
	"slices"
	"time"
)

// ReasonCode is why an opinion is hidden, or reported. Its texts in every language are "moderation.code.<code>" in the locale
// files and in the letters; what a moderator adds in words stands beside it.
type ReasonCode string

// The reason codes.
const (
	OffTopic     ReasonCode = "off_topic"
	Disclosing   ReasonCode = "personal_data"
	Insulting    ReasonCode = "insult"
	Advertising  ReasonCode = "advertising"
	Duplicating  ReasonCode = "duplicate"
	Unlawful     ReasonCode = "unlawful"
	AnotherCause ReasonCode = "other" // in words
)

// ReasonCodes are all, in the order of forms.
var ReasonCodes = []ReasonCode{OffTopic, Disclosing, Insulting, Advertising, Duplicating, Unlawful, AnotherCause}

// validateCode refuses a code that isn't one; "other" says nothing without words.
func validateCode(code ReasonCode, words string) error {
	switch {
	case !slices.Contains(ReasonCodes, code):
		return Refuse(Invalid, "reason.no_such_code").At("code")
	case code == AnotherCause:
		return needReason(words)
	}
	return lengthOf("reason", words, 0, ReasonMax)
}

// ModerationAnswer is what a moderator does about an opinion.
type ModerationAnswer string

// The answers.
const (
	AnswerPublish ModerationAnswer = "published" // also: its author's appeal is upheld
	AnswerHide    ModerationAnswer = "hidden"
	AnswerSeen    ModerationAnswer = "seen"      // there is nothing to do; reports of it are answered
	AnswerDismiss ModerationAnswer = "dismissed" // its author's appeal: it stays hidden
)

// What else moderators and citizens do about an opinion, for the trail. Undo puts back what a batch did.
const (
	SeeOpinion     Action = "opinion.see"
	DismissAppeal  Action = "opinion.dismiss_appeal"
	TakeOpinion    Action = "opinion.take_over"
	UndoModeration Action = "opinion.undo"
	AppealOpinion  Action = "opinion.appeal" // its author's; the receipt is asked for, no duty
)

// ModerationActions are the moderators' own, which the moderation log holds.
var ModerationActions = []Action{ModerateOpinion, SeeOpinion, DismissAppeal, TakeOpinion, UndoModeration}

// Verdict is a moderator's answer to one opinion.
type Verdict struct {
	Opinion ID
	To      ModerationAnswer
	Code    ReasonCode // of hiding; empty: the reason is all in words
	Reason  string     // reaches the author, but for what was merely seen
	Batch   ID         // that it is part of, or empty
}

// Validate tells what a moderator must still say: hiding has a reason, and so has the dismissal of an appeal.
func (v Verdict) Validate() error {
	switch v.To {
	case AnswerHide:
		if v.Code == "" && v.Reason == "" {
			return Refuse(Invalid, "reason.missing").At("code")
		}
		if v.Code == "" {
			return needReason(v.Reason)
		}
		return validateCode(v.Code, v.Reason)
	case AnswerDismiss:
		return needReason(v.Reason)
	case AnswerPublish, AnswerSeen:
		return lengthOf("reason", v.Reason, 0, ReasonMax)
	}
	return Refuse(Invalid, "opinion.no_such_answer").At("to")
}

// Batch is one answer to many opinions. Its id is made with the form: sent twice, it is one batch.
type Batch struct {
	ID       ID
	To       ModerationAnswer
	Code     ReasonCode
	Reason   string
	Opinions []ID
}

// Of is the verdict on one of the batch's.
func (b Batch) Of(opinion ID) Verdict {
	return Verdict{Opinion: opinion, To: b.To, Code: b.Code, Reason: b.Reason, Batch: b.ID}
}

// Validate tells what a moderator must still say. An appeal is answered by itself.
func (b Batch) Validate() error {
	switch {
	case len(b.Opinions) == 0:
		return Refuse(Invalid, "opinion.none_picked")
	case b.To == AnswerDismiss:
		return Refuse(Invalid, "opinion.no_such_answer").At("to")
	}
	return b.Of("").Validate()
}

// BatchItem is what a batch did to one opinion, and what has become of that.
type BatchItem struct {
	Opinion ID
	Forum   ID
	Number  string
	Before  OpinionStatus // both empty where it was merely seen
	After   OpinionStatus
	Status  OpinionStatus // now
	Changed bool          // since: an undo leaves it as it is
}

// BatchRecord is a batch as the log shows it.
type BatchRecord struct {
	Batch
	By         string
	MadeAt     time.Time
	Items      []BatchItem
	UndoneBy   string
	UndoneAt   time.Time
	UndoReason string
}

// Left is how many of the picked opinions the batch left as they were: another moderator has them, or they had moved on.
func (b BatchRecord) Left() int { return len(b.Opinions) - len(b.Items) }

// NewReport is a citizen's report of an opinion; one person reports an opinion once.
type NewReport struct {
	Opinion ID
	Code    ReasonCode
	Words   string
	Citizen ID     // the signed-in citizen's contact, or empty
	Device  []byte // the browser's secret
}

// Validate tells what the citizen can mend.
func (r NewReport) Validate() error { return validateCode(r.Code, r.Words) }

// Report limits beside ReasonMax.
const AppealMin = 2

// ValidateAppeal tells what the author can mend.
func ValidateAppeal(text string) error { return lengthOf("text", text, AppealMin, ReasonMax) }

// OpinionReport is one report as moderators read it: of the person it says nothing.
type OpinionReport struct {
	Code    ReasonCode
	Words   string
	At      time.Time
	Settled bool
}

// AppealStatus is where an appeal stands.
type AppealStatus string

// The statuses of an appeal.
const (
	AppealOpen      AppealStatus = "open"
	AppealUpheld    AppealStatus = "upheld"
	AppealDismissed AppealStatus = "dismissed"
)

// Appeal is an author's answer to the hiding of their opinion, and the moderator's to that.
type Appeal struct {
	Words     string       `json:"text"`
	At        time.Time    `json:"at"`
	Status    AppealStatus `json:"status"`
	Reason    string       `json:"reason,omitempty"` // of the decision
	SettledAt time.Time    `json:"settled_at,omitzero"`
}

// LockLife is how long a moderator has an opinion for themselves after they last did something about it.
const LockLife = 10 * time.Minute

// ModerationLock is who works on an opinion just now.
type ModerationLock struct {
	Official ID
	Name     string
	Since    time.Time
	Until    time.Time
}

// QueueTab is one part of the moderation queue.
type QueueTab string

// The tabs. New is what was published without anybody having looked, on boards that are moderated afterwards.
const (
	TabReported QueueTab = "reported"
	TabHeld     QueueTab = "held"
	TabAppealed QueueTab = "appealed"
	TabNew      QueueTab = "new"
)

// QueueTabs are in the order of urgency.
var QueueTabs = []QueueTab{TabReported, TabHeld, TabAppealed, TabNew}

// HasClock says whether an answer is owed within HeldDays.
func (t QueueTab) HasClock() bool { return t != TabNew }

// QueueFilter narrows the moderation queue.
type QueueFilter struct {
	Tab        QueueTab
	Forum      ID // or empty
	Query      string
	Page, Size int
}

// QueueItem is one opinion that waits for a moderator.
type QueueItem struct {
	Opinion
	ForumTitle   string
	ForumTitleEn string
	Since        time.Time
	Due          time.Time // zero: no answer is owed by a day
	Late         int       // working days
	Reports      []OpinionReport
	Appeal       *Appeal
	Lock         *ModerationLock
	Near         []NearCopy
}

// NearCopy is another opinion of the forum that says nearly the same.
type NearCopy struct {
	ID     ID
	Number string
	Status OpinionStatus
	Share  float64 // of all that either says, what both say
}

// Queue is one page of a tab, with how many wait in each.
type Queue struct {
	Rows   []QueueItem
	Total  int
	Counts map[QueueTab]int
	Forums []Forum // that have something waiting in this tab
}

// ModerationEntry is one line of the moderation log: who, when, what, why by its code, and on which opinion. It holds no words of
// citizens.
type ModerationEntry struct {
	At         time.Time
	By         string
	Action     Action
	Before     OpinionStatus
	After      OpinionStatus
	Code       ReasonCode
	Reason     string // in words; for the page alone
	Forum      ID
	ForumTitle string
	Opinion    ID
	Number     string
	Batch      ID
}

// ModerationFilter narrows the log; days are the city's, both included.
type ModerationFilter struct {
	Forum      ID
	From, To   string // 2026-11-23, or empty
	Page, Size int
}

// ValidateModeration tells what the officer must still say who sets when a board's opinions are looked at.
func ValidateModeration(to Moderation, reason string) error {
	if to != ModerateAfter && to != ModerateBefore {
		return Refuse(Invalid, "choice.missing").At("moderation")
	}
	return needReason(reason)
}
