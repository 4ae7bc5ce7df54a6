package postgres

import (
	"context"
	_ "embed"
	"strings"

	"acropolis/forum"
)

//go:embed invariants.sql
var invariants string

// Invariants checks what must hold after every run, whatever happened in it. It gives those that don't: none when all is
// well. Shown tallies are derived a moment later, so call Tally before.
func (s *Store) Invariants(ctx context.Context) ([]forum.Violation, error) {
	var broken []forum.Violation
	for block := range strings.SplitSeq(invariants, "-- name: ") {
		name, query, named := strings.Cut(block, "\n")
		if !named || strings.HasPrefix(name, "--") {
			continue // what stands before the first name
		}
		v := forum.Violation{Name: strings.TrimSpace(name)}
		err := s.pool.QueryRow(ctx, `SELECT count(*), COALESCE(min(id::text), '') FROM (`+strings.TrimRight(query, "; \n")+`) AS broken (id)`).
			Scan(&v.Rows, &v.Sample)
		if err != nil {
			return nil, translate(err)
		}
		if v.Rows > 0 {
			broken = append(broken, v)
		}
	}
	return broken, nil
}
