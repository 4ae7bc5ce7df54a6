package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// A Life lets a test try any step of a noun's row through the one guard that all of them pass.
type Life struct {
	Noun       forum.Noun
	Table, Key string
	Statuses   []string
	Try        func(ctx context.Context, s *Store, id forum.ID, to string) (moved bool, err error)
}

// Lives are all the guarded ones.
var Lives = []Life{
	lifeOf(suggestionLife, ""), lifeOf(roundLife, ""), lifeOf(forumLife, ""), lifeOf(assignmentLife, ""), lifeOf(dossierLife, ""),
	lifeOf(approvalLife, `, document = CASE WHEN @to = 'approved' THEN 'test-1' END`), lifeOf(opinionLife, ""), lifeOf(awardLife, ""),
	lifeOf(responseLife, ""), lifeOf(milestoneLife, ""),
}

func lifeOf[S ~string](l life[S], set string) Life {
	statuses := map[string]bool{}
	for from, next := range l.steps {
		statuses[string(from)] = true
		for _, to := range next {
			statuses[string(to)] = true
		}
	}
	return Life{Noun: l.noun, Table: l.table, Key: l.key, Statuses: slices.Sorted(maps.Keys(statuses)),
		Try: func(ctx context.Context, s *Store, id forum.ID, to string) (moved bool, err error) {
			err = s.inTx(ctx, func(tx pgx.Tx) error {
				moved, err = l.move(ctx, tx, bySystem, step[S]{id: id, to: S(to), action: "test", set: set})
				return err
			})
			return moved, err
		}}
}

// errUnwise rolls a transaction back that has drawn a document's number.
var errUnwise = errors.New("the document isn't approved after all")

// DrawNumber gives a department's next document number as an approval does; in vain, it is given back with the transaction.
func DrawNumber(ctx context.Context, s *Store, department string, inVain bool) (number string, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		number, err = s.documentNumber(ctx, tx, department)
		if err == nil && inVain {
			number, err = "", errUnwise
		}
		return err
	})
	if inVain && errors.Is(err, errUnwise) {
		err = nil
	}
	return number, err
}
