package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// moderationWaits compares, forum by forum, since when the longest waiting opinion of the queue waits with the wait that is open.
// Opinions that nobody held, reported or appealed are looked at in time, but owed to nobody.
var moderationWaits = func() string {
	var waiting []string
	for _, tab := range []forum.QueueTab{forum.TabReported, forum.TabHeld, forum.TabAppealed} {
		waiting = append(waiting, `SELECT o.forum_id, `+queued[tab].since+` AS since FROM opinions o WHERE `+queued[tab].where)
	}
	return `
WITH waiting AS (` + strings.Join(waiting, ` UNION ALL `) + `), oldest AS (
	SELECT w.forum_id, min(w.since) AS since FROM waiting w JOIN forums f ON f.id = w.forum_id WHERE f.status NOT IN ('archived', 'withdrawn') GROUP BY 1
), owing AS (
	SELECT subject_id AS forum_id, since FROM owed WHERE noun = 'forum' AND kind = @kind AND done_at IS NULL
)
SELECT forum_id, o.since, w.since FROM oldest o FULL JOIN owing w USING (forum_id)
WHERE o.since IS NULL OR w.since IS NULL OR w.since < o.since ORDER BY forum_id`
}()

// OweModeration lets the moderators owe each forum an answer as long as something waits in its queue, by the clock of what waits
// longest; and minds these clocks, and those of exclusions, which no procedure minds. It may run anywhere and at any time.
func (s *Store) OweModeration(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, moderationWaits, pgx.NamedArgs{"kind": forum.ModerateOpinion})
	if err != nil {
		return translate(err)
	}
	type difference struct {
		Forum         forum.ID
		Oldest, Since *time.Time
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[difference])
	if err != nil {
		return translate(err)
	}
	for _, d := range all {
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			if d.Since != nil {
				if err := settle(ctx, tx, forum.TheForum, d.Forum, forum.ModerateOpinion); err != nil {
					return err
				}
			}
			if d.Oldest == nil {
				return nil
			}
			term := forum.Terms[forum.ModerateOpinion]
			return s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: d.Forum, Forum: d.Forum, Kind: forum.ModerateOpinion, Duty: term.Duty,
				Since: *d.Oldest, Days: term.Days})
		})
		if err != nil {
			return err
		}
	}
	return s.mindModeration(ctx)
}

// mindModeration reminds of what OweModeration and the exclusions let somebody owe.
func (s *Store) mindModeration(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `
SELECT DISTINCT noun, subject_id FROM owed
WHERE done_at IS NULL AND paused_at IS NULL AND next_at <= now() AND (noun = 'exclusion' OR noun = 'forum' AND kind = @kind)`,
		pgx.NamedArgs{"kind": forum.ModerateOpinion})
	if err != nil {
		return translate(err)
	}
	type due struct {
		Noun    forum.Noun
		Subject forum.ID
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[due])
	if err != nil {
		return translate(err)
	}
	for _, d := range all {
		if err := s.Remind(ctx, d.Noun, d.Subject); err != nil && forum.CodeOf(err) != forum.Unavailable { // somebody else was faster
			return err
		}
	}
	return nil
}

// oweSecond begins the wait for the second person of an exclusion.
func (s *Store) oweSecond(ctx context.Context, tx pgx.Tx, exclusion, forumID forum.ID, kind forum.Action) error {
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheExclusion, Subject: exclusion, Forum: forumID, Kind: kind, Duty: forum.Officer, Days: forum.HeldDays})
}
