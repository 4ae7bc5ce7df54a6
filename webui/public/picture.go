package public

import "sync"

// pictures keeps the last ones drawn under all that they show: they never get old, and a topic that is shared is asked for by every
// messenger at once.
type pictures[Shown comparable] struct {
	mu    sync.Mutex
	drawn map[Shown][]byte
}

const picturesKept = 128

func (p *pictures[Shown]) of(what Shown, draw func() ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	picture, ok := p.drawn[what]
	p.mu.Unlock()
	if ok {
		return picture, nil
	}
	picture, err := draw()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.drawn) >= picturesKept || p.drawn == nil {
		p.drawn = map[Shown][]byte{}
	}
	p.drawn[what] = picture
	return picture, nil
}
