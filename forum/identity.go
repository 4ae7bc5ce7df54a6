package forum

import (
	"cmp"
	"slices"
	"time"
)

// IdentityPolicy is how a forum knows one voter from another.
type IdentityPolicy string

// The identity policies of PRODUCT.md section 5.
const (
	IdentityEmail  IdentityPolicy = "email"
	IdentityDevice IdentityPolicy = "device"
	IdentitySSO    IdentityPolicy = "sso"
)

// IdentityPolicies are all of them, as the officer chooses among them.
var IdentityPolicies = []IdentityPolicy{IdentityEmail, IdentityDevice, IdentitySSO}

// Takes says whether a session counts on such a forum; one that doesn't say how it was made was made by a mailed code. A session
// of the gateway doesn't pass for a mailed code either: one person has both an address and a name at the gateway, nothing ties the
// two together, and whoever brought one after the other would vote twice.
func (p IdentityPolicy) Takes(session IdentityPolicy) bool {
	return p == IdentityDevice || p == cmp.Or(session, IdentityEmail)
}

// identityMayChange is while nobody can have voted: afterwards one person would be two.
var identityMayChange = []ForumStatus{Selected, Assigning, Preparing, Scheduled}

// MayChangeIdentity says whether the officer may still choose how voters are known.
func (s ForumStatus) MayChangeIdentity() bool { return slices.Contains(identityMayChange, s) }

// ValidateIdentity tells what the officer must still say who chooses how a forum knows its voters.
func ValidateIdentity(to IdentityPolicy, reason string) error {
	if !slices.Contains(IdentityPolicies, to) {
		return Refuse(Invalid, "choice.missing").At("identity")
	}
	return needReason(reason)
}

// Assertion is what a trusted gateway says of somebody who signed in there: for a moment, to this city, and to the browser that
// was sent there with the nonce.
type Assertion struct {
	Subject   string // the gateway's lasting name of the person; it is kept nowhere
	Nonce     string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// AssertionLife is how long an assertion may be good for at most, AssertionSkew how far the gateway's clock may be ahead.
const (
	AssertionLife = 2 * time.Minute
	AssertionSkew = 30 * time.Second
)

// IsGoodAt says whether an assertion holds now.
func (a Assertion) IsGoodAt(now time.Time) bool {
	return a.ExpiresAt.Sub(a.IssuedAt) <= AssertionLife && now.Before(a.ExpiresAt) && !a.IssuedAt.After(now.Add(AssertionSkew))
}
