package forum

import "time"

// PressureLasts is how long a forum stays under pressure after the last that was too much.
const PressureLasts = 10 * time.Minute

// ChallengeLife is how long somebody may take until they send what they solved a task for.
const ChallengeLife = 20 * time.Minute

// Pressure says that a forum asks everybody without a confirmed session for a small calculation before it takes what they write.
type Pressure struct {
	Forum     ID // empty: the box of suggestions
	Title     string
	TitleEn   string
	Since     time.Time
	Protected bool   // an official says so, until they take it back
	Reason    string // the official's
}
