package postgres

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"acropolis/forum"
)

// PublicForums lists what citizens may see, the newest first, and tells how many there are in all.
func (s *Store) PublicForums(ctx context.Context, filter forum.ForumFilter) ([]forum.Forum, int, error) {
	filter.Public, filter.Department = true, ""
	return s.Forums(ctx, filter)
}

// PublicForum gives one that citizens may see; any other is NotFound.
func (s *Store) PublicForum(ctx context.Context, id forum.ID) (forum.Forum, error) {
	f, err := s.Forum(ctx, id)
	if err == nil && !f.Status.IsPublic() {
		return forum.Forum{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return f, err
}

// PublicDossier gives the approved version of a forum's material, which is the one that citizens read. Without one its items
// are empty. Beside it stand the invited opinions that are published.
func (s *Store) PublicDossier(ctx context.Context, forumID forum.ID) (forum.Dossier, error) {
	d := forum.Dossier{Forum: forumID}
	var items []byte
	var err error
	if d.Invited, err = invitedOpinions(ctx, s.pool, forumID); err != nil {
		return d, translate(err)
	}
	err = s.pool.QueryRow(ctx, `
SELECT d.status, v.version, v.version, v.items, v.sha256, v.saved_at, coalesce((
	SELECT a.document FROM approvals a WHERE a.noun = 'dossier' AND a.subject_id = d.forum_id AND a.status = 'approved' AND a.version = v.version LIMIT 1), '')
FROM dossiers d JOIN dossier_versions v ON v.forum_id = d.forum_id AND v.version = d.approved_version WHERE d.forum_id = $1`, forumID).
		Scan(&d.Status, &d.Version, &d.Approved, &items, &d.SHA256, &d.SavedAt, &d.Document)
	if err != nil {
		return d, translate(ignoreNoRows(err))
	}
	return d, json.Unmarshal(items, &d.Items)
}

// opinionColumns are what opinionFrom reads, of opinions o with their shown counts c.
const opinionColumns = `o.id, o.forum_id, shown_number(o.number, o.accepted_at, 6), o.status, o.title, o.text, o.pseudonym, o.district, o.lang,
	o.dossier_version, o.accepted_at, coalesce(c.votes_for, 0), coalesce(c.votes_against, 0), o.reason, o.reason_code, o.held_for,
	EXISTS (SELECT FROM awards a WHERE a.opinion_id = o.id AND a.status IN ('accepted', 'delivered')),
	o.channel, coalesce(o.received_on::text, ''), coalesce((SELECT e.name FROM officials e WHERE e.id = o.entered_by), '')`

const fromOpinions = ` FROM opinions o LEFT JOIN vote_counts c ON c.opinion_id = o.id `

// opinionFrom reads an opinion, and after it whatever else the query asks for.
func (s *Store) opinionFrom(row pgx.Row, also ...any) (forum.Opinion, error) {
	var o forum.Opinion
	var heldFor string
	err := row.Scan(append([]any{&o.ID, &o.Forum, &o.Number, &o.Status, &o.Title, &o.Text, &o.Pseudonym, &o.District, &o.Lang,
		&o.DossierVersion, &o.AcceptedAt, &o.For, &o.Against, &o.Reason, &o.Code, &heldFor, &o.Awarded,
		&o.Channel, &o.ReceivedOn, &o.EnteredBy}, also...)...)
	for kind := range strings.FieldsSeq(heldFor) {
		o.HeldFor = append(o.HeldFor, forum.DataKind(kind))
	}
	return o, err
}

// ownChoice is the voter's choice beside an opinion.
const ownChoice = `, coalesce((SELECT v.choice FROM votes v WHERE v.opinion_id = o.id AND v.voter = @voter), 0::smallint)`

func (s *Store) opinionWithChoice(row pgx.Row) (forum.Opinion, error) {
	var mine int16
	o, err := s.opinionFrom(row, &mine)
	o.Mine = forum.ChoiceOf(mine)
	return o, err
}

// boardOrders are the orders of a board by time.
var boardOrders = map[forum.BoardSort]string{
	forum.NewestFirst: `o.accepted_at DESC, o.id DESC`,
	forum.OldestFirst: `o.accepted_at, o.id`,
}

// Board lists a forum's published opinions with the reader's own choices, and tells how many there are in all.
func (s *Store) Board(ctx context.Context, filter forum.BoardFilter, citizen forum.ID, device []byte) ([]forum.Opinion, int, error) {
	voter, err := s.readerOf(ctx, filter.Forum, citizen, device)
	if err != nil {
		return nil, 0, translate(err)
	}
	filter.Voter, filter.Status = voter, forum.OpinionPublished
	return s.board(ctx, filter)
}

// onBoard is the condition of a filter, and what it reads.
func onBoard(filter forum.BoardFilter) (condition string, args pgx.NamedArgs) {
	size := pageSize(filter.Size)
	condition = ` WHERE o.forum_id = @forum AND o.status = @status`
	args = pgx.NamedArgs{"forum": filter.Forum, "status": string(filter.Status), "size": size, "skip": size * max(filter.Page-1, 0)}
	if !filter.Until.IsZero() {
		condition += ` AND o.accepted_at <= @until`
		args["until"] = filter.Until
	}
	q := ask(filter.Forum, filter.Query+" "+filter.Theme)
	if filter.Theme != "" { // its words must stand as they do in the term, as forum.Answers finds what a paragraph answers
		q.long = append(q.long, strings.ToLower(filter.Theme))
	}
	if len(q.grams) > 0 {
		condition += isFound
		q.addTo(args)
	}
	return condition, args
}

// board lists opinions of one status on one forum. The page is cut from an index first: only its own rows are read.
func (s *Store) board(ctx context.Context, filter forum.BoardFilter) ([]forum.Opinion, int, error) {
	if filter.IsSearch() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, searchTime)
		defer cancel()
	}
	cut, err := s.cut(ctx, filter)
	if err != nil {
		return nil, 0, translate(err)
	}
	rows, err := s.pool.Query(ctx, `SELECT `+opinionColumns+ownChoice+`
FROM unnest(@ids::uuid[]) WITH ORDINALITY AS cut (id, place) JOIN opinions o USING (id) LEFT JOIN vote_counts c ON c.opinion_id = o.id
WHERE o.status = @status ORDER BY place`, pgx.NamedArgs{"ids": texts(cut), "status": string(filter.Status), "voter": filter.Voter})
	if err != nil {
		return nil, 0, translate(err)
	}
	opinions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return s.opinionWithChoice(row) })
	if err != nil {
		return nil, 0, translate(err)
	}
	total, err := s.boardTotal(ctx, filter)
	if len(opinions) > 0 { // the tally may be a moment behind what the page shows
		total = max(total, pageSize(filter.Size)*max(filter.Page-1, 0)+len(opinions))
	}
	return opinions, total, translate(err)
}

// cut gives a page's opinions, in their order.
func (s *Store) cut(ctx context.Context, filter forum.BoardFilter) ([]forum.ID, error) {
	if order, byTime := boardOrders[filter.Sort]; byTime {
		condition, args := onBoard(filter)
		return s.ids(ctx, `SELECT o.id FROM opinions o`+condition+` ORDER BY `+order+` LIMIT @size OFFSET @skip`, args)
	}
	return s.cutByAgreement(ctx, filter)
}

// Best first is Wilson's bound of agreement, as forum/analysis ranks, equals by fewer votes against, then the older one; opinions
// without a vote come last.
const (
	voted    = ` FROM vote_counts c JOIN opinions o ON o.id = c.opinion_id`
	andVoted = ` AND c.forum_id = @forum AND c.votes_for + c.votes_against > 0`
	unvoted  = ` AND NOT EXISTS (SELECT FROM vote_counts c WHERE c.opinion_id = o.id AND c.votes_for + c.votes_against > 0)`
)

func (s *Store) cutByAgreement(ctx context.Context, filter forum.BoardFilter) ([]forum.ID, error) {
	condition, args := onBoard(filter)
	size, skip := args["size"].(int), args["skip"].(int)
	best, err := s.ids(ctx, `SELECT o.id`+voted+condition+andVoted+` ORDER BY c.bound DESC, c.votes_against, c.accepted_at, c.opinion_id
LIMIT @size OFFSET @skip`, args)
	if err != nil || len(best) == size {
		return best, err
	}
	if len(best) == 0 && skip > 0 {
		var before int
		if err := s.pool.QueryRow(ctx, `SELECT count(*)`+voted+condition+andVoted, args).Scan(&before); err != nil {
			return nil, err
		}
		args["skip"] = max(skip-before, 0)
	} else {
		args["skip"] = 0
	}
	args["size"] = size - len(best)
	rest, err := s.ids(ctx, `SELECT o.id FROM opinions o`+condition+unvoted+` ORDER BY o.accepted_at, o.id LIMIT @size OFFSET @skip`, args)
	return append(best, rest...), err
}

func (s *Store) ids(ctx context.Context, sql string, args pgx.NamedArgs) ([]forum.ID, error) {
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[forum.ID])
}

// boardTotal tells how many opinions a filter lets through; of a search, at most foundMost. The shown tally spares a count on each
// page view: what has come since the reader began is few, and taken off.
func (s *Store) boardTotal(ctx context.Context, filter forum.BoardFilter) (total int, err error) {
	if filter.IsSearch() || filter.Status != forum.OpinionPublished {
		condition, args := onBoard(filter)
		most := ""
		if filter.IsSearch() {
			most = ` LIMIT ` + strconv.Itoa(foundMost)
		}
		err = s.pool.QueryRow(ctx, `SELECT count(*) FROM (SELECT FROM opinions o`+condition+most+`) AS found`, args).Scan(&total)
		return total, err
	}
	err = s.pool.QueryRow(ctx, `
SELECT opinions - (SELECT count(*) FROM opinions o WHERE o.forum_id = $1 AND o.status = 'published' AND o.accepted_at > $2)
FROM forum_counts WHERE forum_id = $1`, filter.Forum, pgtype.Timestamptz{Time: filter.Until, InfinityModifier: endless(filter.Until), Valid: true}).Scan(&total)
	return max(total, 0), ignoreNoRows(err)
}

// endless makes no limit at all of a missing one.
func endless(until time.Time) pgtype.InfinityModifier {
	if until.IsZero() {
		return pgtype.Infinity
	}
	return pgtype.Finite
}

// PublicOpinion gives one published opinion with the reader's own choice; any other is NotFound.
func (s *Store) PublicOpinion(ctx context.Context, opinion, citizen forum.ID, device []byte) (forum.Opinion, error) {
	var forumID forum.ID
	err := s.pool.QueryRow(ctx, `SELECT forum_id FROM opinions WHERE id = $1 AND status = 'published'`, opinion).Scan(&forumID)
	if err != nil {
		return forum.Opinion{}, translate(found(err))
	}
	voter, err := s.readerOf(ctx, forumID, citizen, device)
	if err != nil {
		return forum.Opinion{}, translate(err)
	}
	o, err := s.opinionWithChoice(s.pool.QueryRow(ctx, `SELECT `+opinionColumns+ownChoice+fromOpinions+`WHERE o.id = @opinion AND o.status = 'published'`,
		pgx.NamedArgs{"opinion": opinion, "voter": voter}))
	return o, translate(found(err))
}

// readerOf is the reader's key as a voter of a forum that citizens may see, or nil for nobody.
func (s *Store) readerOf(ctx context.Context, forumID, citizen forum.ID, device []byte) ([]byte, error) {
	var keyID string
	var policy forum.IdentityPolicy
	var status forum.ForumStatus
	err := s.pool.QueryRow(ctx, `SELECT voter_key, identity, status FROM forums WHERE id = $1`, forumID).Scan(&keyID, &policy, &status)
	if err != nil {
		return nil, found(err)
	}
	if !status.IsPublic() {
		return nil, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.voterOn(forumID, keyID, policy, citizen, device)
}
