package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ChooseTopics makes a forum of each chosen topic and tells every proposer. A topic that isn't chosen needs a reason and goes
// back into next month's pool.
func (s *Store) ChooseTopics(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.ChooseTopics, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.ChoiceDetails](d)
		if err != nil {
			return err
		}
		open := shortlisted(r)
		if len(open) == 0 {
			return forum.Refuse(forum.Conflict, "round.chosen_already")
		}
		for _, id := range details.Chosen {
			if !slices.ContainsFunc(open, func(c forum.RoundCandidate) bool { return c.Suggestion.ID == id }) {
				return forum.Refuse(forum.Invalid, "round.not_shortlisted").At("chosen")
			}
		}
		for _, topic := range open {
			if slices.Contains(details.Chosen, topic.Suggestion.ID) {
				err = s.choose(ctx, tx, r, topic, d, by, details.Reasons[topic.Suggestion.ID])
			} else {
				err = notChosen(ctx, tx, r, topic.Suggestion, d, by, details.Reasons[topic.Suggestion.ID])
			}
			if err != nil {
				return err
			}
		}
		return s.oweMinutes(ctx, tx, r.ID)
	})
}

// shortlisted are the topics that wait for their answer.
func shortlisted(r forum.Round) []forum.RoundCandidate {
	return slices.DeleteFunc(slices.Clone(r.Candidates), func(c forum.RoundCandidate) bool { return c.Suggestion.Status != forum.SuggestionShortlisted })
}

func (s *Store) oweMinutes(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	if err := settle(ctx, tx, forum.TheRound, id); err != nil {
		return err
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: id, Kind: forum.SubmitMinutes, Duty: forum.Officer, Days: forum.OfficerDays})
}

// CloseRound ends an open round in which nothing is to be chosen: what an earlier scoring had on its shortlist goes back into
// the pool, and the minutes say why.
func (s *Store) CloseRound(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.CloseRound, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		for _, topic := range shortlisted(r) {
			if err := notChosen(ctx, tx, r, topic.Suggestion, d, by, d.Reason); err != nil {
				return err
			}
		}
		if err := seatRound(ctx, tx, r); err != nil {
			return err
		}
		if err := freezeRound(ctx, tx, r.ID); err != nil {
			return err
		}
		if _, err := roundLife.move(ctx, tx, by, step[forum.RoundStatus]{id: r.ID, to: forum.RoundDecided, action: d.Action, reason: d.Reason,
			set: `, decided_at = now(), reason = @reason`, args: pgx.NamedArgs{"reason": d.Reason}}); err != nil {
			return err
		}
		return s.oweMinutes(ctx, tx, r.ID)
	})
}

// choose makes a forum of a suggestion; the officers owe a department to it. One that too few could judge, or did, needs a
// reason.
func (s *Store) choose(ctx context.Context, tx pgx.Tx, r forum.Round, c forum.RoundCandidate, d forum.Decision, by actor, reason string) error {
	topic := c.Suggestion
	if c.Tally.NeedsReason() && forum.NeedReason(reason) != nil {
		return forum.Refuse(forum.Invalid, "round.choice_needs_reason").At("reasons").With("suggestion", string(topic.ID))
	}
	if _, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: topic.ID, to: forum.SuggestionSelected, action: d.Action, reason: d.Reason}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE round_suggestions SET chosen = true, reason = $3 WHERE round_id = $1 AND suggestion_id = $2`, r.ID, topic.ID, reason); err != nil {
		return err
	}
	return s.makeForum(ctx, tx, topic, r.ID, d, by, reason)
}

// makeForum makes a forum of a selected suggestion, in a round or outside of any, and tells whoever put it forward or backs it.
func (s *Store) makeForum(ctx context.Context, tx pgx.Tx, topic forum.Suggestion, round forum.ID, d forum.Decision, by actor, reason string) error {
	id := NewID()
	_, err := tx.Exec(ctx, `
INSERT INTO forums (id, track, lang, title, summary, suggestion_id, round_id, voter_key)
VALUES (@id, @track, @lang, @title, @summary, @suggestion, @round, @key)`,
		pgx.NamedArgs{"id": id, "track": topic.Track, "lang": topic.Lang, "title": topic.Title, "summary": topic.Text, "suggestion": topic.ID,
			"round": orNull(round), "key": s.keyID})
	if err != nil {
		return err
	}
	if err := note(ctx, tx, by, change{action: d.Action, noun: forum.TheForum, subject: id, forum: id, after: string(forum.Selected), reason: d.Reason}); err != nil {
		return err
	}
	if err := s.oweForum(ctx, tx, id, forum.ProposeDepartment, ""); err != nil {
		return err
	}
	if err := s.tellSupporters(ctx, tx, topic); err != nil {
		return err
	}
	return tellProposer(ctx, tx, topic.ID, forum.SuggestionSelected, reason, string(cmp.Or(round, id)))
}

// tellSupporters tells whoever backs a suggestion that it is a topic now. Their rows name nobody, so each confirmed address
// is tried under the city's keys.
func (s *Store) tellSupporters(ctx context.Context, tx pgx.Tx, g forum.Suggestion) error {
	rows, err := tx.Query(ctx, `SELECT voter FROM supports WHERE suggestion_id = $1 AND stands`, g.ID)
	if err != nil {
		return err
	}
	voters, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(voters) == 0 {
		return err
	}
	backing := make(map[string]bool, len(voters))
	for _, voter := range voters {
		backing[string(voter)] = true
	}
	rows, err = tx.Query(ctx, `SELECT id, lang FROM contacts WHERE confirmed_at IS NOT NULL AND bad_at IS NULL`)
	if err != nil {
		return err
	}
	var letters []letter
	var contact forum.ID
	var lang string
	_, err = pgx.ForEachRow(rows, []any{&contact, &lang}, func() error {
		for keyID := range s.keys {
			voter, err := s.personKey(keyID, supporters, person(contact, nil))
			if err != nil {
				return err
			}
			if backing[string(voter)] {
				letters = append(letters, letter{kind: forum.MailSuggestionSelected, event: "suggestion.selected:" + string(g.ID), noun: forum.TheSuggestion,
					subject: g.ID, contact: contact, lang: lang, data: map[string]string{"title": g.Title}})
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return enqueue(ctx, tx, letters...)
}

func notChosen(ctx context.Context, tx pgx.Tx, r forum.Round, topic forum.Suggestion, d forum.Decision, by actor, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return forum.RefusalIn(err).At("reasons").With("suggestion", string(topic.ID))
	}
	for _, to := range []forum.SuggestionStatus{forum.SuggestionNotSelected, forum.SuggestionAccepted} {
		if _, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: topic.ID, to: to, action: d.Action, reason: reason}); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE round_suggestions SET reason = $3 WHERE round_id = $1 AND suggestion_id = $2`, r.ID, topic.ID, reason); err != nil {
		return err
	}
	return tellProposer(ctx, tx, topic.ID, forum.SuggestionNotSelected, reason, string(r.ID))
}

// tellProposer tells whoever put a suggestion forward, where they left an address, what became of it.
func tellProposer(ctx context.Context, tx pgx.Tx, id forum.ID, status forum.SuggestionStatus, reason, occasion string) error {
	l := letter{kind: forum.MailSuggestionAnswered, event: fmt.Sprintf("suggestion:%s:%s:%s", id, status, occasion), noun: forum.TheSuggestion, subject: id}
	var title, receipt string
	err := tx.QueryRow(ctx, `
SELECT COALESCE(contact_id::text, ''), COALESCE(official_id::text, ''), lang, title, receipt FROM suggestions WHERE id = $1`, id).
		Scan(&l.contact, &l.official, &l.lang, &title, &receipt)
	if err != nil || l.contact == "" && l.official == "" {
		return err
	}
	if l.contact != "" {
		l.official = ""
	}
	l.data = map[string]string{"title": title, "receipt": receipt, "status": string(status), "reason": reason}
	return enqueue(ctx, tx, l)
}
