package analysis_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"acropolis/forum/analysis"
)

// conversation is a real one: who chose what and, where it is known, when.
type conversation struct {
	name   string
	people []person
	texts  []analysis.Post
}

type person struct {
	votes []realVote
}

type realVote struct {
	opinion string
	agrees  bool
	at      time.Duration // from the person's first vote on
	first   time.Duration // from the board's opening on
}

type approval struct{ cast, agree int }

const boardLife = 28 * 24 * time.Hour

// readConversations reads what people really voted, passes left out. Long conversations are cut to the four weeks in which most
// people came.
func readConversations(t testing.TB) []conversation {
	t.Helper()
	var all []conversation
	for _, name := range []string{"brexit-consensus", "nz-taxes", "nz-affordable-housing", "seattle-15", "football-concussions", "vtaiwan-uberx", "bowling-green"} {
		folder := filepath.Join(realData(t), "polis", name)
		c := conversation{name: name}
		rows, timed := readRowsIf(t, filepath.Join(folder, "vote_log.csv.gz"))
		if !timed {
			rows, _ = readRowsIf(t, filepath.Join(folder, "votes.csv.gz"))
		}
		c.people = peopleOf(rows, timed)
		for _, row := range readRows(t, filepath.Join(folder, "opinions.csv")) {
			c.texts = append(c.texts, analysis.Post{Author: row["author"], Opinion: row["opinion_id"], Text: row["text"]})
		}
		all = append(all, c)
	}
	return all
}

func readRowsIf(t testing.TB, path string) ([]map[string]string, bool) {
	t.Helper()
	if found, _ := filepath.Glob(path); found == nil {
		return nil, false
	}
	return readRows(t, path), true
}

func peopleOf(rows []map[string]string, timed bool) []person {
	votes := map[string]map[string]realVote{}
	firsts := map[string]time.Time{}
	var order []string
	for _, row := range rows {
		who, sign := row["participant"], row["vote"]
		at, _ := time.Parse(time.RFC3339, row["time"])
		if votes[who] == nil {
			votes[who], firsts[who] = map[string]realVote{}, at
			order = append(order, who)
		}
		if at.Before(firsts[who]) {
			firsts[who] = at
		}
		if sign == "0" {
			delete(votes[who], row["opinion_id"])
			continue
		}
		votes[who][row["opinion_id"]] = realVote{opinion: row["opinion_id"], agrees: sign == "1", at: time.Duration(at.Unix())}
	}
	opening := busiestFrom(firsts, timed)
	var people []person
	for _, who := range order {
		first := firsts[who].Sub(opening)
		if timed && (first < 0 || first > boardLife-time.Hour) {
			continue
		}
		var p person
		for _, v := range votes[who] {
			v.first = first
			v.at = time.Duration(int64(v.at)-firsts[who].Unix()) * time.Second
			if timed && v.first+v.at < boardLife {
				p.votes = append(p.votes, v)
			} else if !timed {
				p.votes = append(p.votes, v)
			}
		}
		slices.SortFunc(p.votes, func(a, b realVote) int { return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.opinion, b.opinion)) })
		if len(p.votes) > 0 {
			people = append(people, p)
		}
	}
	return people
}

// busiestFrom is when the four weeks began in which most people came.
func busiestFrom(firsts map[string]time.Time, timed bool) time.Time {
	if !timed {
		return time.Time{}
	}
	var all []time.Time
	for _, at := range firsts {
		all = append(all, at)
	}
	slices.SortFunc(all, time.Time.Compare)
	best, from := 0, all[0]
	end := 0
	for begin := range all {
		for end < len(all) && all[end].Sub(all[begin]) < boardLife {
			end++
		}
		if end-begin > best {
			best, from = end-begin, all[begin]
		}
	}
	return from.Truncate(time.Hour)
}

// city is a board with its honest voters and, later, those who attack it.
type city struct {
	*rand.Rand
	opening  time.Time
	casts    []analysis.Cast
	posts    []analysis.Post
	opinions []string
	standing map[string]*approval
	honest   map[string]bool
	attacker map[string]bool
	fresh    float64 // share of people whose account is as new as their vote
	now      int
}

// honestCity lets a real conversation's people vote from a city's networks: homes, mobile carriers' shared addresses, offices and
// schools behind one, with a class or two that votes within the hour, and readers of an article who come at lunchtime for one
// opinion. What they choose is always what real people chose.
func honestCity(seed, attack uint64, conversations []conversation) *city {
	c := &city{Rand: rand.New(rand.NewPCG(seed, attack)), opening: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC),
		standing: map[string]*approval{}, honest: map[string]bool{}, attacker: map[string]bool{}}
	from := conversations[c.IntN(len(conversations))]
	c.posts = slices.Clone(from.texts)
	c.fresh = 0.3 + 0.4*c.Float64()
	people := slices.Clone(from.people)
	c.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	if len(people) > 1200 {
		people = people[:1200]
	}
	untimed := from.name == "bowling-green"
	if untimed && len(people) > 600 {
		people = people[:600]
	}
	counts := map[string]int{}
	for _, p := range people {
		for _, v := range p.votes {
			counts[v.opinion]++
		}
	}
	for o := range counts {
		c.opinions = append(c.opinions, o)
	}
	slices.SortFunc(c.opinions, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })

	places := c.places(len(people))
	classes := 1 + c.IntN(3)
	for i := range classes {
		size := min(20+c.IntN(16), len(people)/8)
		c.class(i, people[:size])
		people = people[size:]
	}
	readers := len(people) * (10 + c.IntN(11)) / 100
	c.readers(people[:readers], places)
	for _, p := range people[readers:] {
		start := p.votes[0].first
		if untimed {
			start = c.arrival()
		}
		c.cast(c.name("h", true), p.votes, start, places[c.IntN(len(places))], untimed)
	}
	return c
}

// place is where somebody sits.
type place struct {
	network, wide, domain string
}

// places are as many as there are people, drawn with the habits of a city.
func (c *city) places(people int) []place {
	zipf := rand.NewZipf(c.Rand, 1.3, 3, 29)
	var all []place
	for len(all) < people {
		switch x := c.Float64(); {
		case x < 0.35: // three carriers, each with eight networks of shared addresses
			carrier := c.IntN(3)
			all = append(all, place{network: fmt.Sprintf("m%d.%d", carrier, c.IntN(8)), wide: fmt.Sprintf("m%d", carrier)})
		case x < 0.37: // an office
			domain := ""
			if c.IntN(2) == 0 {
				domain = fmt.Sprintf("office%d.example", len(all))
			}
			for range 5 + c.IntN(30) {
				all = append(all, place{network: fmt.Sprintf("o%d", len(all)/40), wide: fmt.Sprintf("w%d", zipf.Uint64()), domain: domain})
			}
		default:
			w := zipf.Uint64()
			all = append(all, place{network: fmt.Sprintf("w%d.%d", w, c.IntN(120)), wide: fmt.Sprintf("w%d", w)})
		}
	}
	return all
}

func (c *city) name(kind string, honest bool) string {
	c.now++
	name := kind + strconv.Itoa(c.now)
	if honest {
		c.honest[name] = true
	} else {
		c.attacker[name] = true
	}
	return name
}

// arrival is when somebody comes: many after the opening, more by day.
func (c *city) arrival() time.Duration {
	for {
		at := time.Duration(c.ExpFloat64() * float64(8*24*time.Hour))
		hour := int(at.Hours()) % 24
		if at < boardLife-2*time.Hour && (hour >= 8 && hour < 23 || c.IntN(6) == 0) {
			return at
		}
	}
}

var commonDomains = []string{"naver.com", "naver.com", "naver.com", "naver.com", "gmail.com", "gmail.com", "gmail.com", "daum.net", "kakao.com", "hanmail.net"}

func (c *city) domain() (string, bool) {
	if c.Float64() < 0.88 {
		return commonDomains[c.IntN(len(commonDomains))], true
	}
	return fmt.Sprintf("d%d.example", rand.NewZipf(c.Rand, 1.2, 4, 60).Uint64()), false
}

func (c *city) age(fresh float64) time.Duration {
	if c.Float64() < fresh {
		return time.Duration(1+c.IntN(15)) * time.Minute
	}
	return time.Duration(c.ExpFloat64() * float64(10*24*time.Hour))
}

// cast lets an honest person vote as a real one did.
func (c *city) cast(name string, votes []realVote, start time.Duration, where place, untimed bool) {
	domain, common := c.domain()
	if where.domain != "" {
		domain, common = where.domain, false
	}
	age := c.age(c.fresh)
	at := c.opening.Add(start)
	for _, v := range votes {
		if untimed {
			at = at.Add(time.Duration(4+c.IntN(20)) * time.Second)
		} else {
			at = c.opening.Add(start + v.at)
		}
		c.vote(name, v.opinion, v.agrees, at, where, domain, common, age+at.Sub(c.opening.Add(start)))
	}
}

func (c *city) vote(name, opinion string, agrees bool, at time.Time, where place, domain string, common bool, age time.Duration) {
	c.casts = append(c.casts, analysis.Cast{Voter: name, Opinion: opinion, For: agrees, At: at, Network: where.network, Wide: where.wide,
		Domain: domain, Common: common, Age: age})
	if !c.honest[name] {
		return
	}
	if c.standing[opinion] == nil {
		c.standing[opinion] = &approval{}
	}
	c.standing[opinion].cast++
	if agrees {
		c.standing[opinion].agree++
	}
}

// class is a school class that votes behind one address within a lesson, with new accounts. In every second one the teacher had
// put five opinions on the board.
func (c *city) class(i int, pupils []person) {
	where := place{network: fmt.Sprintf("school%d", i), wide: fmt.Sprintf("w%d", c.IntN(30))}
	if c.IntN(2) == 0 {
		where.domain = fmt.Sprintf("school%d.example", i)
	}
	begin := time.Duration(1+c.IntN(20))*24*time.Hour + time.Duration(9+c.IntN(6))*time.Hour
	shown := map[string]bool{}
	if c.IntN(2) == 0 {
		for _, o := range c.opinions[:min(5, len(c.opinions))] {
			shown[o] = true
		}
	}
	for _, p := range pupils {
		votes := slices.Clone(p.votes)
		if len(shown) > 0 {
			if some := slices.DeleteFunc(slices.Clone(votes), func(v realVote) bool { return !shown[v.opinion] }); len(some) > 0 {
				votes = some
			}
		}
		c.cast(c.name("pupil", true), votes, begin+time.Duration(c.IntN(40))*time.Minute, where, true)
	}
}

// readers come within two hours of a lunch break for one opinion, most with new accounts, and stay for two or three others.
func (c *city) readers(people []person, places []place) {
	at := time.Duration(1+c.IntN(20))*24*time.Hour + 12*time.Hour
	opinion := c.opinions[c.IntN(min(10, len(c.opinions)))]
	fresh := c.fresh
	defer func() { c.fresh = fresh }()
	c.fresh = 0.8
	for _, p := range people {
		votes := slices.Clone(p.votes)
		slices.SortStableFunc(votes, func(a, b realVote) int {
			return cmp.Compare(b2i(b.opinion == opinion), b2i(a.opinion == opinion))
		})
		votes = votes[:min(len(votes), 1+c.IntN(4))]
		start := at + time.Duration(c.ExpFloat64()*float64(50*time.Minute))
		c.cast(c.name("reader", true), votes, start, places[c.IntN(len(places))], true)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
