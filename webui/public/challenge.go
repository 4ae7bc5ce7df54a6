package public

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// challenge is a task by ALTCHA's protocol: find the number that, written after the salt, has this SHA-256. What it is for and
// until when stands in the salt. The salt ends with "&": otherwise the first digits of the number could be read as its last value's.
type challenge struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	MaxNumber int    `json:"maxnumber"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// solution is what comes back, as JSON in base64.
type solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int64  `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

const (
	hashName = "SHA-256"

	// maxNumber is how many numbers there are to try when nothing is set: under a second on a phone, on average half of them.
	maxNumber = 100_000

	// maxSolution is longer than any solution.
	maxSolution = 2048

	// forSuggestions is the purpose of a task that isn't one forum's.
	forSuggestions = "suggestions"
)

// purpose names what a task is for.
func purpose(id forum.ID) string {
	if id == "" {
		return forSuggestions
	}
	return string(id)
}

// newChallenge makes a task that is worth one write on a forum, or one suggestion.
func (h *Handlers) newChallenge(id forum.ID) challenge {
	most := h.Numbers
	if most <= 0 {
		most = maxNumber
	}
	number, err := rand.Int(rand.Reader, big.NewInt(int64(most)+1))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	var salt [12]byte
	_, _ = rand.Read(salt[:]) // nor here
	c := challenge{Algorithm: hashName, MaxNumber: most}
	c.Salt = hex.EncodeToString(salt[:]) + "?" + url.Values{"expires": {strconv.FormatInt(time.Now().Add(forum.ChallengeLife).Unix(), 10)}, "for": {purpose(id)}}.Encode() + "&"
	c.Challenge = hashHex(c.Salt + number.String())
	c.Signature = hex.EncodeToString(keyed(h.Challenges, c.Challenge))
	return c
}

func hashHex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// checkSolution refuses what is no solution of a task that this city gave out for this purpose and that hasn't expired. It gives
// the task's own name, which is good for one use, and its end.
func (h *Handlers) checkSolution(given string, id forum.ID) (task []byte, until time.Time, err error) {
	wrong := forum.Refuse(forum.Forbidden, "challenge.wrong")
	s, ok := readSolution(given)
	if !ok || s.Algorithm != hashName || !strings.HasSuffix(s.Salt, "&") {
		return nil, until, wrong
	}
	signature, err := hex.DecodeString(s.Signature)
	if err != nil || !hmac.Equal(signature, keyed(h.Challenges, s.Challenge)) || hashHex(s.Salt+strconv.FormatInt(s.Number, 10)) != s.Challenge {
		return nil, until, wrong
	}
	_, parameters, _ := strings.Cut(s.Salt, "?")
	values, err := url.ParseQuery(parameters)
	if err != nil || values.Get("for") != purpose(id) {
		return nil, until, wrong
	}
	seconds, err := strconv.ParseInt(values.Get("expires"), 10, 64)
	if err != nil {
		return nil, until, wrong
	}
	if until = time.Unix(seconds, 0); !time.Now().Before(until) {
		return nil, until, forum.Refuse(forum.Forbidden, "challenge.expired")
	}
	task, err = hex.DecodeString(s.Challenge)
	return task, until, err
}

func readSolution(given string) (s solution, ok bool) {
	if given == "" || len(given) > maxSolution {
		return s, false
	}
	raw, err := base64.StdEncoding.DecodeString(given)
	return s, err == nil && json.Unmarshal(raw, &s) == nil
}

// APIChallenge is GET /api/v1/challenge: a task for a forum, or for suggestions.
func (h *Handlers) APIChallenge(c *gin.Context) error {
	id, what := forum.ID(""), c.Query("for")
	if what != forSuggestions {
		var err error
		if id, err = forum.ParseID(what); err != nil {
			return forum.Refuse(forum.Invalid, "request.no_such_choice").At("for")
		}
	}
	page.Private(c)
	c.JSON(http.StatusOK, h.newChallenge(id))
	return nil
}

// taskView is a task on a page: the page's script solves it while one reads. Who has no script goes by the mailed code.
type taskView struct {
	Task   string // as the API gives it
	Source string // where a new one is, should this one expire
	Life   int    // seconds
}

// task is what a page shows before it lets somebody send; nil where nothing is asked for.
func (h *Handlers) task(c *gin.Context, id forum.ID) *taskView {
	if r, err := h.reader(c); err != nil || r.citizen != "" || !h.pressure.on(id) {
		return nil
	}
	return h.newTask(id)
}

func (h *Handlers) newTask(id forum.ID) *taskView {
	text, err := json.Marshal(h.newChallenge(id))
	if err != nil {
		return nil // texts and a number always marshal
	}
	return &taskView{Task: string(text), Source: challengeFor(id), Life: int(forum.ChallengeLife.Seconds())}
}

// challengeFor is where a task is to be had.
func challengeFor(id forum.ID) string { return "/api/v1/challenge?for=" + purpose(id) }

// isChallenge says that a task is to be solved before this is taken.
func isChallenge(err error) bool {
	refusal := forum.RefusalIn(err)
	return refusal != nil && strings.HasPrefix(refusal.Key, "challenge.")
}

// nameOf names a write that carries a key: the same one again is still the same.
func nameOf(i forum.Idempotency) []byte {
	return hashOf([]string{"write", string(i.Scope), i.Key, string(i.Body)})
}

// usedFor names a vote: the same one again is still the same.
func usedFor(v forum.NewVote) []byte {
	return hashOf([]string{"vote", string(v.Opinion), string(v.Device), string(v.Choice)})
}

type taskFirstView struct {
	Task   *taskView
	Fields [][2]string // what was sent, to be sent again
	Back   string
}

// taskFirst shows what was sent as a page of its own, which sends it again once its task is solved.
func (h *Handlers) taskFirst(c *gin.Context, err error, back string, fields [][2]string) error {
	id, _, unknown := h.Store.Ballot(c.Request.Context(), forum.ID(c.Param("id")))
	if unknown != nil {
		return unknown
	}
	return h.site.Refused(c, "challenge", taskFirstView{Task: h.newTask(id), Fields: fields, Back: back}, err)
}
