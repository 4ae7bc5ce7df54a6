package forum

import (
	"slices"
	"time"
)

// UsualLine is the line that a department keeps for its documents of a type. It is offered to whoever drafts the next one.
type UsualLine struct {
	ID         ID // empty: the department keeps none
	Department string
	Noun       Noun
	Signers    []UsualSigner
	KeptBy     ID
	KeptByName string
	KeptAt     time.Time
}

// UsualSigner is one place in it. The department is that of the official when the line was kept: a consulted department stays
// when its head changes.
type UsualSigner struct {
	LineSigner
	Name       string
	Department string
}

// OfferWhy is why a place is offered otherwise than it was kept.
type OfferWhy string

// A place is left empty when its signer is gone, is the drafter, or is away with nobody else to stand in. It is kept for an absent
// signer whose substitute will sign, and goes to the new head of a department that is consulted.
const (
	OfferGone    OfferWhy = "gone"
	OfferOwn     OfferWhy = "own"
	OfferAway    OfferWhy = "away"
	OfferStandIn OfferWhy = "stand_in"
	OfferNewHead OfferWhy = "new_head"
)

// OfferedPlace is a place of a usual line as it may be taken today.
type OfferedPlace struct {
	Role     SignerRole
	Official ID // empty: nobody
	Name     string
	Was      ID // whom the line has there
	Why      OfferWhy
	Instead  ID // the substitute, or the new head
}

// Offer is the line as a drafter may take it today, from those who may sign the document and those who may be consulted.
func (l UsualLine) Offer(drafter ID, signers, heads []Official) []OfferedPlace {
	var offer []OfferedPlace
	taken := map[ID]bool{drafter: true}
	for _, s := range l.Signers {
		taken[s.Official] = true
	}
	for _, s := range l.Signers {
		place := OfferedPlace{Role: s.Role, Name: s.Name, Was: s.Official}
		among, same := signers, func(o Official) bool { return o.ID == s.Official }
		if s.Role == Consulted {
			among, same = heads, func(o Official) bool { return o.ID == s.Official && o.Department == s.Department }
		}
		next := slices.IndexFunc(heads, func(o Official) bool { return o.Department == s.Department && !taken[o.ID] })
		switch at := slices.IndexFunc(among, same); {
		case s.Official == drafter:
			place.Why = OfferOwn
		case at < 0 && s.Role == Consulted && next >= 0:
			place.Official, place.Why, place.Instead = heads[next].ID, OfferNewHead, heads[next].ID
			taken[place.Official] = true
		case at < 0:
			place.Why = OfferGone
		case among[at].Absent && (among[at].Substitute == "" || among[at].Substitute == drafter):
			place.Why = OfferAway
		case among[at].Absent:
			place.Official, place.Why, place.Instead = s.Official, OfferStandIn, among[at].Substitute
		default:
			place.Official = s.Official
		}
		offer = append(offer, place)
	}
	return offer
}
