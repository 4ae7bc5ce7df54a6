package forum

import "time"

// AwardStatus is where a best opinion stands.
type AwardStatus string

// The statuses of an award.
const (
	AwardCandidate AwardStatus = "candidate"
	AwardScored    AwardStatus = "scored"
	AwardDecided   AwardStatus = "decided"
	AwardOffered   AwardStatus = "offered"
	AwardAccepted  AwardStatus = "accepted"
	AwardDelivered AwardStatus = "delivered"
	AwardDeclined  AwardStatus = "declined"
	AwardLapsed    AwardStatus = "lapsed"
)

// AwardSteps is the life of an award. A declined or lapsed one makes the runner-up's offer due.
var AwardSteps = Steps[AwardStatus]{
	AwardCandidate: {AwardScored},
	AwardScored:    {AwardDecided},
	AwardDecided:   {AwardOffered},
	AwardOffered:   {AwardAccepted, AwardDeclined, AwardLapsed},
	AwardAccepted:  {AwardDelivered},
}

// WinnerDays is how long a winner has to answer, in calendar days (PRODUCT.md section 2).
const WinnerDays = 14

// Prizes is how many best opinions a forum rewards, and RunnersUp how many more wait in case somebody doesn't answer.
const Prizes, RunnersUp = 5, 3

// Award is one opinion's way to a prize. For jurors author and votes are hidden.
type Award struct {
	ID        ID
	Forum     ID
	Opinion   ID
	Number    string // the opinion's
	Title     string
	Text      string
	Pseudonym string
	For       int
	Against   int
	Status    AwardStatus
	ByRule    int     // place among the candidates by rule
	Bound     float64 // lower confidence bound of agreement
	Scores    int
	Mean      float64
	Rank      int // as decided; 1 to Prizes win, later ones are runners-up
	Reason    string
	OfferedAt time.Time
	AnswerBy  time.Time
	NameShown bool
	MyScore   int
	// Channel and ReceivedOn tell how the opinion came, where staff entered it.
	Channel    Channel
	ReceivedOn string
}

// Wins says whether this decided place carries a prize, or stands by as a runner-up.
func (a Award) Wins() bool { return a.Rank >= 1 && a.Rank <= Prizes }

// AwardScore is one juror's blind score.
type AwardScore struct {
	Award    ID
	Score    int
	Conflict bool
	Reason   string
}

// Validate tells what the juror must mend.
func (s AwardScore) Validate() error {
	if err := scoreOrConflict(s.Score, s.Conflict); err != nil {
		return err
	}
	return lengthOf("reason", s.Reason, 0, ReasonMax)
}

// AwardPick is the officer's proposal for one place.
type AwardPick struct {
	Award  ID     `json:"award"`
	Rank   int    `json:"rank"`
	Reason string `json:"reason"`
}

// ValidatePicks refuses a proposal whose places aren't 1, 2, 3… to at most the last runner-up, each with an opinion
// of its own and the jury's reason.
func ValidatePicks(picks []AwardPick) error {
	if len(picks) > Prizes+RunnersUp {
		return Refuse(Invalid, "award.too_many_picks").At("picks").With("most", itoa(Prizes+RunnersUp))
	}
	places, awards := map[int]bool{}, map[ID]bool{}
	for _, p := range picks {
		if p.Rank < 1 || p.Rank > len(picks) || places[p.Rank] || awards[p.Award] {
			return Refuse(Invalid, "award.places_broken").At("picks")
		}
		places[p.Rank], awards[p.Award] = true, true
		if _, err := ParseID(string(p.Award)); err != nil {
			return err
		}
		if err := needReason(p.Reason); err != nil {
			return err
		}
	}
	return nil
}

// AwardFacts is what an Award workflow knows: nothing of a person.
type AwardFacts struct {
	Status   AwardStatus
	AnswerBy time.Time
	Early    bool    // decided, but its turn hasn't come
	Starts   []Start // the runner-up whose turn it is
}

// Waits gives the next reminder's instant and the procedures that must be running.
func (f AwardFacts) Waits() (time.Time, []Start) { return time.Time{}, f.Starts }

// Final says that nothing follows.
func (f AwardFacts) Final() bool { return AwardSteps.IsFinal(f.Status) }

// Candidate is an opinion that the rule nominates.
type Candidate struct {
	Opinion ID
	Rank    int     // place among the candidates
	Bound   float64 // lower confidence bound of agreement
}
