package forum

import "time"

// Seat is a place on a track's committee from one day to another. The directory's duty is needed too: a seat alone lets
// nobody score. A track on which nobody has a seat today is judged by all who hold the duty.
type Seat struct {
	ID       ID
	Track    Track
	Official ID
	Name     string
	From     time.Time // a civil day
	Until    time.Time // the last day; zero: open
	Sits     bool      // today, with the duty
}

// Validate refuses a seat on no track, or one that ends before it begins.
func (s Seat) Validate() error {
	if s.Track != General && s.Track != Youth {
		return Refuse(Invalid, "track.unknown").At("track")
	}
	if !s.Until.IsZero() && s.Until.Before(s.From) {
		return Refuse(Invalid, "committee.ends_before_start").At("until")
	}
	return nil
}

// Limits of a criterion's name, in characters.
const criterionNameMin, criterionNameMax = 2, 60

// ValidateCriteria refuses names that say nothing, weights out of range, and a sheet without anything to mark.
func ValidateCriteria(all []Criterion) error {
	weights := 0
	for _, c := range all {
		if err := lengthOf("name["+c.Code+"]", c.Name, criterionNameMin, criterionNameMax); err != nil {
			return err
		}
		if c.Weight < 0 || c.Weight > WeightMax {
			return Refuse(Invalid, "committee.weight_out_of_range").At("weight[" + c.Code + "]")
		}
		weights += c.Weight
	}
	if weights == 0 {
		return Refuse(Invalid, "committee.no_criterion")
	}
	return nil
}
