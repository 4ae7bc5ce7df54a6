package analysis

// Figures are the participation figures of one forum, counted over published opinions alone and frozen at the close.
type Figures struct {
	Opinions int `json:"opinions"`
	// Authors counts people: an opinion without a known author counts as one of its own.
	Authors int `json:"authors"`
	// Voters counts the people who have a vote standing, however many opinions they voted on.
	Voters       int `json:"voters"`
	VotesFor     int `json:"votes_for"`
	VotesAgainst int `json:"votes_against"`
	// Hits counts views of the topic page by PRODUCT's rule: no second one within 30 minutes, no robots.
	Hits int `json:"hits"`
	// Days has one entry for each civil day of the period, the quiet ones too: its length is the denominator of every
	// figure per day.
	Days      []Day      `json:"days"`
	Districts []District `json:"districts"`
}

// Day is what happened on one civil day.
type Day struct {
	Date         Date `json:"date"`
	Opinions     int  `json:"opinions"`
	VotesFor     int  `json:"votes_for"`
	VotesAgainst int  `json:"votes_against"`
	Hits         int  `json:"hits"`
}

// District is how many opinions came from one district; the empty name is "not said".
type District struct {
	Name     string `json:"name"`
	Opinions int    `json:"opinions"`
}

// OpinionsPerDay is the opinions over the days of the period.
func (f Figures) OpinionsPerDay() Rate { return Rate{f.Opinions, len(f.Days)} }

// VotesPerDay is the votes, for and against, over the days of the period.
func (f Figures) VotesPerDay() Rate { return Rate{f.VotesFor + f.VotesAgainst, len(f.Days)} }

// HitsPerDay is the hits over the days of the period: 7,509 over 37 in the first forum.
func (f Figures) HitsPerDay() Rate { return Rate{f.Hits, len(f.Days)} }

// FillDays gives one Day for each date of the period, in its order, with what was counted on it and zeros where nothing
// was; several counts of one date are added up. What was counted outside the period (hits on the page before the forum
// opened) is summed in outside, whose Date is empty, so that nothing disappears from a recount.
func FillDays(period []Date, counted []Day) (days []Day, outside Day) {
	days = make([]Day, len(period))
	place := make(map[Date]*Day, len(period))
	for i, date := range period {
		days[i].Date = date
		place[date] = &days[i]
	}
	for _, c := range counted {
		day, within := place[c.Date]
		if !within {
			day = &outside
		}
		day.Opinions += c.Opinions
		day.VotesFor += c.VotesFor
		day.VotesAgainst += c.VotesAgainst
		day.Hits += c.Hits
	}
	return days, outside
}
