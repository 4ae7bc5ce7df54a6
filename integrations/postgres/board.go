package postgres

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"

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

// boardOrders are the orders of a board. Best is Wilson's bound of agreement, as forum/analysis ranks: opinions without a
// vote come last, equals by fewer votes against, then the older one.
var boardOrders = map[forum.BoardSort]string{
	forum.BestFirst: `coalesce(c.votes_for + c.votes_against, 0) = 0, coalesce(c.bound, 0) DESC, coalesce(c.votes_against, 0),
	o.accepted_at, o.id`,
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

// board lists opinions of one status on one forum.
func (s *Store) board(ctx context.Context, filter forum.BoardFilter) ([]forum.Opinion, int, error) {
	order, known := boardOrders[filter.Sort]
	if !known {
		order = boardOrders[forum.BestFirst]
	}
	size := pageSize(filter.Size)
	args := pgx.NamedArgs{"forum": filter.Forum, "status": string(filter.Status), "voter": filter.Voter, "query": strings.ToLower(filter.Query), "theme": strings.ToLower(filter.Theme),
		"size": size, "skip": size * max(filter.Page-1, 0)}
	const which = `WHERE o.forum_id = @forum AND o.status = @status AND (@query = '' OR strpos(lower(o.title || ' ' || o.text), @query) > 0)
	AND (@theme = '' OR strpos(lower(o.title || ' ' || o.text), @theme) > 0)` // as forum.Answers finds what a paragraph answers
	rows, err := s.pool.Query(ctx, `SELECT `+opinionColumns+ownChoice+fromOpinions+which+` ORDER BY `+order+` LIMIT @size OFFSET @skip`, args)
	if err != nil {
		return nil, 0, translate(err)
	}
	opinions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return s.opinionWithChoice(row) })
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	if filter.Query == "" && filter.Theme == "" && filter.Status == forum.OpinionPublished { // the shown tally spares a count on each page view
		err = ignoreNoRows(s.pool.QueryRow(ctx, `SELECT opinions FROM forum_counts WHERE forum_id = @forum`, args).Scan(&total))
	} else {
		err = s.pool.QueryRow(ctx, `SELECT count(*) FROM opinions o `+which, args).Scan(&total)
	}
	if len(opinions) > 0 { // the tally may be a moment behind what the page shows
		total = max(total, size*max(filter.Page-1, 0)+len(opinions))
	}
	return opinions, total, translate(err)
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
