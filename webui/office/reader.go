package office

import (
	"cmp"
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// reader is the official who is signed in. Whoever stands in for an absent official may do what that one may, so a reader
// wears several hats: their own first.
type reader struct {
	forum.Official
	hats []forum.Official
}

// reader gathers the hats of an official.
func (h *Handlers) reader(ctx context.Context, o forum.Official) reader {
	r := reader{Official: o, hats: []forum.Official{o}}
	officials, _ := h.names(ctx)
	for _, absent := range officials {
		if absent.Absent && absent.Substitute == o.ID && absent.ID != o.ID {
			r.hats = append(r.hats, absent)
		}
	}
	slices.SortFunc(r.hats[1:], func(a, b forum.Official) int { return cmp.Compare(a.UID, b.UID) })
	return r
}

// May asks the policy with each hat; the refusal is the reader's own.
func (r reader) May(action forum.Action, department string) error {
	return r.any(func(hat forum.Official) error { return hat.May(action, department) })
}

// mayAnywhere says whether the reader holds a duty for the action at all, if only in their own department.
func (r reader) mayAnywhere(action forum.Action) error {
	return r.any(func(hat forum.Official) error { return hat.May(action, hat.Department) })
}

// SeesWholeCity says whether the action is not bounded to one department.
func (r reader) SeesWholeCity(action forum.Action) bool {
	return slices.ContainsFunc(r.hats, func(hat forum.Official) bool { return hat.SeesWholeCity(action) })
}

func (r reader) any(may func(forum.Official) error) error {
	var refusal error
	for i, hat := range r.hats {
		err := may(hat)
		if err == nil {
			return nil
		}
		if i == 0 {
			refusal = err
		}
	}
	return refusal
}

// signedIn is the official whom Guard let through.
func signedIn(c *gin.Context) (reader, bool) {
	value, _ := c.Get(officialKey)
	r, ok := value.(reader)
	return r, ok
}

// officialOf is signedIn where the route can't be reached otherwise.
func officialOf(c *gin.Context) reader {
	r, _ := signedIn(c)
	return r
}
