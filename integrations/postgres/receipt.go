package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// receiptFound turns "no rows" into the refusal of a receipt that opens nothing.
func receiptFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return forum.Refuse(forum.NotFound, "receipt.not_found")
	}
	return err
}
