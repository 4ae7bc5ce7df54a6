package forum

import "time"

// ProfileMax is how long a department's profile may be, in characters.
const ProfileMax = 4000

// Profile is what a department is responsible for, in its own words. Topics are suggested to departments by it.
type Profile struct {
	Department string
	Text       string
	SavedAt    time.Time
	SavedBy    ID
	SavedName  string
}

// Validate refuses an overlong profile; an empty one takes it away.
func (p Profile) Validate() error { return lengthOf("profile", p.Text, 0, ProfileMax) }
