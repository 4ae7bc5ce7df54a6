package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

func acceptedFrom(answer []byte, isRepeated bool) (forum.Outcome[forum.Accepted], error) {
	var a forum.Accepted
	if err := json.Unmarshal(answer, &a); err != nil {
		return forum.Outcome[forum.Accepted]{}, fmt.Errorf("the answer kept with an idempotency key: %w", err)
	}
	a.AcceptedAt, a.Repeated = a.AcceptedAt.UTC(), isRepeated
	return forum.Outcome[forum.Accepted]{Answer: a}, nil
}

// answerLeft answers the rows that weren't kept: what their key was answered before, or why the forum takes nothing.
func answerLeft(ctx context.Context, tx pgx.Tx, forumID forum.ID, left []*post) error {
	if len(left) == 0 {
		return nil
	}
	keys := make([]writeKey, len(left))
	for i, p := range left {
		keys[i] = keyOf(p.Idempotency)
	}
	earlier, err := earlierAnswers(ctx, tx, keys)
	if err != nil {
		return err
	}
	var reason error
	for _, p := range left {
		before, used := earlier[keyOf(p.Idempotency)]
		switch {
		case used && bytes.Equal(before.body, p.body):
			if p.outcome, err = acceptedFrom(before.answer, true); err != nil {
				return err
			}
			continue
		case used:
			p.outcome = forum.Outcome[forum.Accepted]{Err: otherBody()}
			continue
		case reason == nil:
			if reason = whyNotOpen(ctx, tx, forumID); forum.RefusalIn(reason) == nil {
				return reason
			}
		}
		p.outcome = forum.Outcome[forum.Accepted]{Err: reason}
	}
	return nil
}

// tellReceipts writes to those who left an address.
func tellReceipts(ctx context.Context, tx pgx.Tx, forumID forum.ID, told []*post, contacts map[*post]forum.ID) error {
	if len(told) == 0 {
		return nil
	}
	var title, titleEn string
	if err := tx.QueryRow(ctx, `SELECT title, title_en FROM forums WHERE id = $1`, forumID).Scan(&title, &titleEn); err != nil {
		return err
	}
	letters := make([]letter, len(told))
	for i, p := range told {
		letters[i] = letter{kind: forum.MailOpinionReceived, event: "opinion.received:" + string(p.id), noun: forum.TheOpinion, subject: p.id,
			contact: contacts[p], lang: langOr(p.Lang), data: map[string]string{"title": inLang(p.Lang, title, titleEn), "forum": string(forumID),
				"number": p.outcome.Answer.Number, "receipt": string(p.receipt), "held_for": p.heldFor}}
	}
	return enqueue(ctx, tx, letters...)
}

// inLang is a title in a reader's language: Korean, or English for everybody else where there is one.
func inLang(lang, ko, en string) string {
	if langOr(lang) != "ko" && en != "" {
		return en
	}
	return ko
}
