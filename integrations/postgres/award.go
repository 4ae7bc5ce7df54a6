package postgres

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// awardWaits are the awards a with something ahead of them: to be offered, answered, delivered. A runner-up's turn comes when
// as many others have declined or let their offer lapse. A withdrawn forum offers nothing any more.
var awardWaits = fmt.Sprintf(`(a.status IN ('offered', 'accepted') OR a.status = 'decided'
	AND a.place <= %d + CASE WHEN a.place > %[1]d THEN (SELECT count(*) FROM awards l WHERE l.forum_id = a.forum_id AND l.status IN ('declined', 'lapsed')) ELSE 0 END
	AND EXISTS (SELECT FROM forums f WHERE f.id = a.forum_id AND f.status <> 'withdrawn'))`, forum.Prizes)

// Awards lists a forum's candidates for staff, by place, then by rule, with the reader's own scores. While the scoring goes
// on a juror sees neither author nor votes nor the place by rule: the order is the opinions' own.
func (s *Store) Awards(ctx context.Context, forumID, reader forum.ID) ([]forum.Award, error) {
	all, err := s.awardsOf(ctx, s.pool, forumID, reader, true)
	return all, translate(err)
}

func (s *Store) awardsOf(ctx context.Context, q querier, forumID, reader forum.ID, blind bool) ([]forum.Award, error) {
	rows, err := q.Query(ctx, `
SELECT `+awardColumns+`,
	@blind AND a.status = 'candidate' AND EXISTS (SELECT FROM officials r WHERE r.id = @reader AND 'juror' = ANY(r.duties))`+fromAwards+`
WHERE a.forum_id = @forum ORDER BY a.place NULLS LAST, a.by_rule, a.id`,
		pgx.NamedArgs{"forum": forumID, "reader": orNull(reader), "blind": blind})
	if err != nil {
		return nil, err
	}
	hidden := false
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Award, error) {
		veil := false
		a, err := awardFrom(row, &veil)
		if veil {
			hidden = true
			a.Pseudonym, a.For, a.Against, a.Bound, a.ByRule, a.Scores, a.Mean = "", 0, 0, 0, 0, 0, 0
		}
		return a, err
	})
	if hidden {
		slices.SortFunc(all, func(a, b forum.Award) int { return cmp.Compare(a.Opinion, b.Opinion) })
	}
	return all, err
}

// awardColumns are what awardFrom reads; the query names the reader (or NULL) as @reader.
const awardColumns = `a.id, a.forum_id, a.opinion_id, shown_number(o.number, o.accepted_at, 6), o.title, o.text, o.pseudonym, COALESCE(v.votes_for, 0), COALESCE(v.votes_against, 0),
	a.status, a.by_rule, a.bound, (SELECT count(*) FROM award_scores x WHERE x.award_id = a.id AND NOT x.conflict),
	COALESCE((SELECT avg(x.score) FROM award_scores x WHERE x.award_id = a.id AND NOT x.conflict), 0)::float8,
	COALESCE(a.place, 0), a.reason, a.offered_at, a.answer_by, a.name_shown,
	COALESCE((SELECT x.score FROM award_scores x WHERE x.award_id = a.id AND x.official_id = @reader::uuid), 0),
	o.channel, coalesce(o.received_on::text, '')`

const fromAwards = ` FROM awards a JOIN opinions o ON o.id = a.opinion_id LEFT JOIN vote_counts v ON v.opinion_id = o.id `

func awardFrom(row pgx.Row, also ...any) (forum.Award, error) {
	var a forum.Award
	var offered, answer *time.Time
	err := row.Scan(append([]any{&a.ID, &a.Forum, &a.Opinion, &a.Number, &a.Title, &a.Text, &a.Pseudonym, &a.For, &a.Against,
		&a.Status, &a.ByRule, &a.Bound, &a.Scores, &a.Mean, &a.Rank, &a.Reason, &offered, &answer, &a.NameShown, &a.MyScore,
		&a.Channel, &a.ReceivedOn}, also...)...)
	a.OfferedAt, a.AnswerBy = instant(offered), instant(answer)
	return a, err
}

// AwardFacts tells what is true of an award: all that its procedure knows of it. A declined or lapsed one starts the
// runners-up whose turn has come.
func (s *Store) AwardFacts(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	facts, err := awardFacts(ctx, s.pool, id)
	return facts, translate(err)
}

func awardFacts(ctx context.Context, q querier, id forum.ID) (forum.AwardFacts, error) {
	var facts forum.AwardFacts
	var forumID forum.ID
	var answer *time.Time
	err := q.QueryRow(ctx, `SELECT a.status, a.answer_by, a.forum_id, a.status = 'decided' AND NOT `+awardWaits+` FROM awards a WHERE a.id = $1`, id).
		Scan(&facts.Status, &answer, &forumID, &facts.Early)
	if err != nil {
		return facts, found(err)
	}
	facts.AnswerBy = instant(answer)
	if facts.Status != forum.AwardDeclined && facts.Status != forum.AwardLapsed {
		return facts, nil
	}
	facts.Starts, err = starts(ctx, q, `SELECT 'award', a.id FROM awards a WHERE a.forum_id = $1 AND a.status = 'decided' AND `+awardWaits, forumID)
	return facts, err
}

// lockAward takes the forum's lock and the award's, and gives the forum.
func (s *Store) lockAward(ctx context.Context, tx pgx.Tx, id forum.ID) (forum.Forum, forum.AwardStatus, error) {
	var forumID forum.ID
	var status forum.AwardStatus
	if err := tx.QueryRow(ctx, `SELECT forum_id FROM awards WHERE id = $1`, id).Scan(&forumID); err != nil {
		return forum.Forum{}, "", found(err)
	}
	f, err := s.lockedForum(ctx, tx, forumID)
	if err != nil {
		return f, "", err
	}
	err = tx.QueryRow(ctx, `SELECT status FROM awards WHERE id = $1 FOR UPDATE`, id).Scan(&status)
	return f, status, err
}

// OfferAward offers a decided prize: a letter with the key of a one-time page, and forum.WinnerDays to answer. A runner-up is
// offered one only when it is their turn. Whoever left no address can't be told, and lapses.
func (s *Store) OfferAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		f, status, err := s.lockAward(ctx, tx, id)
		if err != nil {
			return err
		}
		if status != forum.AwardDecided {
			if forum.AwardSteps.Allows(status, forum.AwardScored) || status == forum.AwardScored {
				return movedOn(forum.TheAward)
			}
			return nil // offered already
		}
		var due bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM awards a WHERE a.id = $1 AND `+awardWaits+`)`, id).Scan(&due); err != nil {
			return err
		}
		if !due {
			return forum.Refuse(forum.Conflict, "award.not_due")
		}
		secret := hex.EncodeToString(randomBytes(16))
		if _, err := awardLife.move(ctx, tx, bySystem, step[forum.AwardStatus]{id: id, to: forum.AwardOffered, action: offered, forum: f.ID,
			set:  `, offered_at = now(), answer_by = now() + @wait::interval, secret = @secret`,
			args: pgx.NamedArgs{"wait": s.pace.Days(forum.WinnerDays), "secret": hashed(secret)}}); err != nil {
			return err
		}
		return tellWinner(ctx, tx, id, f, secret)
	})
	if err != nil {
		return forum.AwardFacts{}, err
	}
	return s.AwardFacts(ctx, id)
}

func tellWinner(ctx context.Context, tx pgx.Tx, id forum.ID, f forum.Forum, secret string) error {
	l := letter{kind: forum.MailAwardOffered, event: "award_offered:" + string(id), noun: forum.TheAward, subject: id}
	var receipt string
	var answer time.Time
	err := tx.QueryRow(ctx, `
SELECT o.contact_id, o.lang, o.receipt, a.answer_by FROM awards a JOIN opinions o ON o.id = a.opinion_id
WHERE a.id = $1 AND o.contact_id IS NOT NULL`, id).Scan(&l.contact, &l.lang, &receipt, &answer)
	if err != nil {
		return ignoreNoRows(err)
	}
	l.data = map[string]string{"title": inLang(l.lang, f.Title, f.TitleEn), "forum": string(f.ID), "receipt": receipt, "secret": secret, "answer_by": rfc3339(answer)}
	return enqueue(ctx, tx, l)
}

// AwardOffer opens the one-time page by its key, whatever became of the offer; NotFound for any other key.
func (s *Store) AwardOffer(ctx context.Context, secret string) (forum.Award, forum.Forum, error) {
	a, err := awardFrom(s.pool.QueryRow(ctx, `SELECT `+awardColumns+fromAwards+`WHERE a.secret = @secret AND a.status IN
	('offered', 'accepted', 'delivered', 'declined', 'lapsed')`, pgx.NamedArgs{"secret": hashed(secret), "reader": nil}))
	if err != nil {
		return forum.Award{}, forum.Forum{}, translate(found(err))
	}
	f, err := s.Forum(ctx, a.Forum)
	return a, f, err
}

// decideAward carries out a decision on an award, under its forum's lock, where its status takes it.
func (s *Store) decideAward(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error) (forum.AwardFacts, error) {
	d, err := s.carryOut(ctx, decision, action, func(tx pgx.Tx, d forum.Decision, by actor) error {
		f, status, err := s.lockAward(ctx, tx, d.Subject)
		if err != nil {
			return err
		}
		if !slices.Contains(forum.AwardDecisions[action], status) {
			return movedOn(forum.TheAward)
		}
		return work(tx, f, d, by)
	})
	if err != nil {
		return forum.AwardFacts{}, err
	}
	return s.AwardFacts(ctx, d.Subject)
}

// AnswerAward takes the winner's yes or no, until the offer's last instant by the database's clock.
func (s *Store) AnswerAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return s.decideAward(ctx, decision, forum.AnswerAward, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.AnswerDetails](d)
		if err != nil {
			return err
		}
		to := forum.AwardDeclined
		if details.Accept {
			to = forum.AwardAccepted
		}
		_, err = awardLife.move(ctx, tx, by, step[forum.AwardStatus]{id: d.Subject, to: to, action: d.Action, forum: f.ID,
			set: `, name_shown = @shown`, when: `AND statement_timestamp() < answer_by`, args: pgx.NamedArgs{"shown": details.Accept && details.NameShown}})
		if forum.CodeOf(err) == forum.Unavailable {
			return forum.Refuse(forum.Conflict, "award.answer_late")
		}
		if err != nil || !details.Accept {
			return err
		}
		return s.owe(ctx, tx, forum.Owed{Noun: forum.TheAward, Subject: d.Subject, Forum: f.ID, Kind: forum.DeliverAward, Duty: forum.Officer, Days: forum.Terms[forum.DeliverAward].Days})
	})
}

// DeliverAward notes that the gift has arrived.
func (s *Store) DeliverAward(ctx context.Context, decision forum.ID) (forum.AwardFacts, error) {
	return s.decideAward(ctx, decision, forum.DeliverAward, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		if _, err := awardLife.move(ctx, tx, by, step[forum.AwardStatus]{id: d.Subject, to: forum.AwardDelivered, action: d.Action, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		return settle(ctx, tx, forum.TheAward, d.Subject)
	})
}

// LapseAward gives up an offer that nobody answered in time; a little too early it is refused as unavailable for now.
func (s *Store) LapseAward(ctx context.Context, id forum.ID) (forum.AwardFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		f, status, err := s.lockAward(ctx, tx, id)
		if err != nil {
			return err
		}
		if status != forum.AwardOffered {
			if forum.AwardSteps.IsFinal(status) || status == forum.AwardAccepted {
				return nil // answered at the last moment
			}
			return movedOn(forum.TheAward)
		}
		_, err = awardLife.move(ctx, tx, bySystem, step[forum.AwardStatus]{id: id, to: forum.AwardLapsed, action: lapsed, forum: f.ID,
			when: `AND statement_timestamp() >= answer_by`})
		return err
	})
	if err != nil {
		return forum.AwardFacts{}, err
	}
	return s.AwardFacts(ctx, id)
}
