package journey

// ballot is one vote that a citizen of the pool is to cast on a row's opinion.
type ballot struct {
	row, citizen int
	choice       string
}

const (
	inFavour = "for"
	against  = "against"
)

// poolSize is how many citizens the rows need: as many as the opinion with the most votes has, and its author, who can't vote
// on it; and more where each would otherwise have to wait for the limit on what one address may post.
func poolSize(rows []Row) int {
	most := 0
	for _, row := range rows {
		most = max(most, row.Up+row.Down)
	}
	return max(most+1, (len(rows)+postsAtOnce-1)/postsAtOnce)
}

// postsAtOnce is how many opinions one address may post without waiting. It only spares time: who is asked to wait, waits.
const postsAtOnce = 25

// authors gives each row its citizen: one author is one citizen, and rows without an author go round the pool.
func authors(rows []Row, pool int) []int {
	known, next := map[string]int{}, 0
	all := make([]int, len(rows))
	for i, row := range rows {
		citizen, ok := known[row.Author]
		if row.Author == "" || !ok {
			citizen = next % pool
			next++
			known[row.Author] = citizen
		}
		all[i] = citizen
	}
	return all
}

// ballots lets the citizens who follow the author in the pool vote: the first for, the next against. So the counts are the
// input's, nobody votes on their own, and all of the pool have their say.
func ballots(rows []Row, authors []int, pool int) []ballot {
	var all []ballot
	for i, row := range rows {
		for n := range row.Up + row.Down {
			b := ballot{row: i, citizen: (authors[i] + 1 + n) % pool, choice: inFavour}
			if n >= row.Up {
				b.choice = against
			}
			all = append(all, b)
		}
	}
	return all
}
