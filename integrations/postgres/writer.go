package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"acropolis/forum"
)

// Bounds of the writer: a batch is what has gathered while the last one was being written, up to maxBatch; what finds
// maxQueue others waiting is refused at once. Of two lanes one writes while the other waits for its turn; a batch that is held up
// stops the rest no longer than that. What would have to wait for a forum's lock goes over to a queue of its own, see late.
const (
	maxBatch  = 500
	maxQueue  = 4000
	lanes     = 2
	heldUp    = 20 * time.Millisecond
	batchTime = 25 * time.Second
)

// Writer gathers what comes in bulk into batches: a row waits for nothing but the batch before it.
type Writer struct {
	opinions queue[forum.NewOpinion, forum.Accepted]
	votes    queue[forum.NewVote, forum.VoteCast]
	supports queue[forum.NewSupport, int]
	hits     queue[forum.NewHit, struct{}]
	recent   recentHits
	done     sync.WaitGroup

	lateOpinions queue[forum.NewOpinion, forum.Accepted]
	lateVotes    queue[forum.NewVote, forum.VoteCast]
	lateDone     sync.WaitGroup

	cancel context.CancelFunc
}

// NewWriter starts a writer; Close ends it.
func NewWriter(s *Store) *Writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Writer{cancel: cancel}
	w.opinions.late, w.votes.late = &w.lateOpinions, &w.lateVotes
	start(ctx, &w.lateDone, &w.lateOpinions, s.AcceptOpinions)
	start(ctx, &w.lateDone, &w.lateVotes, s.CastVotes)
	start(ctx, &w.done, &w.opinions, s.acceptOpinionsAtOnce)
	start(ctx, &w.done, &w.votes, s.castVotesAtOnce)
	start(ctx, &w.done, &w.supports, s.CastSupports)
	start(ctx, &w.done, &w.hits, func(ctx context.Context, seen []forum.NewHit) []forum.Outcome[struct{}] {
		_ = s.NoteHits(ctx, seen) // a view that can't be counted is nobody's trouble
		return make([]forum.Outcome[struct{}], len(seen))
	})
	return w
}

// Post takes an opinion and answers after its commit. When ctx ends first the opinion may have been kept all the same: the
// same idempotency key tells.
func (w *Writer) Post(ctx context.Context, o forum.NewOpinion) (forum.Accepted, error) {
	return w.opinions.put(ctx, o)
}

// Vote casts a vote and answers after its commit; see Post.
func (w *Writer) Vote(ctx context.Context, v forum.NewVote) (forum.VoteCast, error) {
	return w.votes.put(ctx, v)
}

// Support backs a suggestion, or takes that back, and answers after its commit; see Post.
func (w *Writer) Support(ctx context.Context, n forum.NewSupport) (int, error) {
	return w.supports.put(ctx, n)
}

// View counts a view, soon and without an answer. When too many wait it is dropped; a reload counts then.
func (w *Writer) View(h forum.NewHit) {
	if w.recent.isNew(h, time.Now()) && w.hits.add(&waiting[forum.NewHit, struct{}]{row: h}) != nil {
		w.recent.forget(h)
	}
}

// Close takes nothing more and writes what waits; when ctx ends first, what still waits is given up.
func (w *Writer) Close(ctx context.Context) {
	w.opinions.close()
	w.votes.close()
	w.supports.close()
	w.hits.close()
	stop := context.AfterFunc(ctx, w.cancel)
	defer stop()
	w.done.Wait()
	w.lateOpinions.close()
	w.lateVotes.close()
	w.lateDone.Wait()
	w.cancel()
}

// waiting is one row and where its answer goes: nowhere, or to a channel with room for it.
type waiting[R, A any] struct {
	row    R
	answer chan forum.Outcome[A]
}

type queue[R, A any] struct {
	rows   chan *waiting[R, A]
	late   *queue[R, A] // takes what is held up; nil: nothing is
	mu     sync.RWMutex // rows is not closed while it is held for reading
	closed bool
}

// start gives a queue its lanes. They take turns: two at once would make batches of half the size, which cost more each.
func start[R, A any](ctx context.Context, done *sync.WaitGroup, q *queue[R, A], write func(context.Context, []R) []forum.Outcome[A]) {
	q.rows = make(chan *waiting[R, A], maxQueue)
	turn := make(chan struct{}, 1)
	for range lanes {
		done.Go(func() {
			for first := range q.rows {
				mine := await(turn, heldUp)
				q.flush(ctx, q.gather(first), write)
				if mine {
					<-turn
				}
			}
		})
	}
}

// await takes the turn, or gives up after a while.
func await(turn chan<- struct{}, most time.Duration) bool {
	select {
	case turn <- struct{}{}:
		return true
	case <-time.After(most):
		return false
	}
}

// gather adds to the first what else is there already.
func (q *queue[R, A]) gather(first *waiting[R, A]) []*waiting[R, A] {
	batch := []*waiting[R, A]{first}
	for len(batch) < maxBatch {
		select {
		case next, ok := <-q.rows:
			if !ok {
				return batch
			}
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

func (q *queue[R, A]) flush(ctx context.Context, batch []*waiting[R, A], write func(context.Context, []R) []forum.Outcome[A]) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	rows := make([]R, len(batch))
	for i, w := range batch {
		rows[i] = w.row
	}
	for i, outcome := range write(ctx, rows) {
		if errors.Is(outcome.Err, errHeldUp) {
			if outcome.Err = q.late.add(batch[i]); outcome.Err == nil {
				continue
			}
		}
		if batch[i].answer != nil {
			batch[i].answer <- outcome
		}
	}
}

// add refuses with Unavailable when the queue is full or closed.
func (q *queue[R, A]) add(w *waiting[R, A]) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		return forum.Refuse(forum.Unavailable, "city.unavailable")
	}
	select {
	case q.rows <- w:
		return nil
	default:
		return forum.Refuse(forum.Unavailable, "city.busy")
	}
}

func (q *queue[R, A]) put(ctx context.Context, row R) (A, error) {
	w := &waiting[R, A]{row: row, answer: make(chan forum.Outcome[A], 1)}
	var none A
	if err := q.add(w); err != nil {
		return none, err
	}
	select {
	case outcome := <-w.answer:
		return outcome.Answer, outcome.Err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func (q *queue[R, A]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.rows)
	}
}
