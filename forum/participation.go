package forum

// Likeness is what a forum has in common with those that its participation is compared with.
type Likeness string

// The closest that has enough forums is taken.
const (
	LikeUnit  Likeness = "department" // the same department and track
	LikeTrack Likeness = "track"
	LikeAny   Likeness = "any" // every closed forum
)

// LeastComparable is how many closed forums a comparison needs, MostComparable how many of the latest it looks at.
const (
	LeastComparable = 3
	MostComparable  = 20
)

// Participation compares an open forum with closed ones at the same share of their period.
type Participation struct {
	Forum      ID
	Number     string
	Title      string
	TitleEn    string
	Lang       string
	Department string
	Opinions   int
	Day        int // of the period, from 1
	Days       int
	Like       Likeness // empty: too few to compare with
	Comparable int
	Median     float64 // of their opinions by then
}

// Lags says whether fewer than half as many opinions came as comparable forums had by then. Nothing is said on the first
// day, which a night may take half of, nor from fewer than LeastComparable forums.
func (p Participation) Lags() bool {
	return p.Comparable >= LeastComparable && p.Day > 1 && 2*float64(p.Opinions) < p.Median
}
