package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// contactFor finds or makes the contact of an address. Its row stays locked until the transaction ends. Whoever has confirmed an
// address is written to in their own language, whoever types it.
func contactFor(ctx context.Context, tx pgx.Tx, email, lang string) (id forum.ID, err error) {
	err = tx.QueryRow(ctx, `
INSERT INTO contacts AS c (id, email, lang) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT one_contact_per_address DO UPDATE SET lang = CASE WHEN c.confirmed_at IS NULL THEN excluded.lang ELSE c.lang END
RETURNING id`, NewID(), forum.Mailbox(email), langOr(lang)).Scan(&id)
	return id, err
}
