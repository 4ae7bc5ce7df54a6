package e2e

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/standalone/demo"
	"acropolis/workflows"
)

const recordings = ".." + "/workflows/testdata/replay"

// TestRecordHistories writes the histories that every build replays (workflows/replay_test.go):
//
//	go test ./e2e -run TestRecordHistories -record
//
// It is needed when a procedure has changed on purpose and no city runs the old one yet.
func TestRecordHistories(t *testing.T) {
	if !*record {
		t.Skip("without -record nothing is written")
	}
	c := newJourneyCity(t)
	store := c.store()
	r := c.journey(t, demo.OpinionsCSV())
	historiesHoldNobodysWords(t, c)
	recorded := map[string]forum.Start{
		"forum":             {Noun: forum.TheForum, ID: forum.ID(r.ForumID)},
		"round":             {Noun: forum.TheRound, ID: one[forum.ID](t, store, `SELECT id FROM rounds LIMIT 1`)},
		"approval":          {Noun: forum.TheApproval, ID: one[forum.ID](t, store, `SELECT id FROM approvals WHERE status = 'approved' AND noun = 'dossier' LIMIT 1`)},
		"award":             {Noun: forum.TheAward, ID: one[forum.ID](t, store, `SELECT id FROM awards WHERE status = 'delivered' LIMIT 1`)},
		"interrupted-forum": {Noun: forum.TheForum, ID: interruptedForum(t, c, store)},
		"returned-approval": {Noun: forum.TheApproval, ID: returnedApproval(t, c, store)},
		"invitation":        {Noun: forum.TheInvitation, ID: revokedInvitation(t, c, store)},
	}
	if err := os.MkdirAll(recordings, 0o755); err != nil { //nolint:gosec // part of the repository
		t.Fatal(err)
	}
	conductor := c.conductor()
	for name, s := range recorded {
		keepHistory(t, name, historyOf(t, conductor.Client, workflows.WorkflowID(s), ""))
	}
	for id, run := range c.executions(t) {
		if strings.HasPrefix(id, "sweep") {
			keepHistory(t, "sweep", historyOf(t, conductor.Client, id, run))
			return
		}
	}
	t.Error("no Sweep has run")
}

// interruptedForum is suspended, resumed, closed early and withdrawn, with a refusal between.
func interruptedForum(t *testing.T, c *city, store *postgres.Store) forum.ID {
	t.Helper()
	conductor, by := c.conductor(), awaitOfficial(t, store, anOfficer)
	id := forumIn(t, store, forum.Open, time.Hour)
	for _, step := range []struct {
		action  forum.Action
		refused string
	}{{forum.SuspendForum, ""}, {forum.SuspendForum, "procedure.moved_on"}, {forum.ResumeForum, ""}, {forum.CloseForum, ""}, {forum.WithdrawForum, ""}} {
		d := aboutForum(step.action, id, by, "다음 일정에 맞춥니다.")
		if step.action == forum.CloseForum {
			d = atOnce(t, store, step.action, id, by, d.Reason)
		}
		err := decide(t.Context(), store, conductor, d)
		if refusal := forum.RefusalIn(err); err != nil && (refusal == nil || refusal.Key != step.refused) || err == nil && step.refused != "" {
			t.Fatalf("%s: %v", step.action, err)
		}
	}
	return id
}

// returnedApproval is of an early close that was done first and isn't approved afterwards, for which an officer answers.
func returnedApproval(t *testing.T, c *city, store *postgres.Store) forum.ID {
	t.Helper()
	conductor, by := c.conductor(), awaitOfficial(t, store, anOfficer)
	id := forumIn(t, store, forum.Open, time.Hour)
	if err := decide(t.Context(), store, conductor, atOnce(t, store, forum.CloseForum, id, by, "다음 일정에 맞춥니다.")); err != nil {
		t.Fatal(err)
	}
	approval := one[forum.ID](t, store, `SELECT id FROM approvals WHERE subject_id = $1`, id)
	signer := one[forum.ID](t, store, `SELECT official_id FROM approval_signers WHERE approval_id = $1`, approval)
	for _, d := range []forum.Decision{{Action: forum.ReturnApproval, By: signer, Details: []byte(`{}`)}, {Action: forum.SettleAlarm, By: by}} {
		d.ID, d.Noun, d.Subject, d.Reason = postgres.NewID(), forum.TheApproval, approval, "충분히 알리지 못했습니다."
		if err := decide(t.Context(), store, conductor, d); err != nil {
			t.Fatalf("%s: %v", d.Action, err)
		}
	}
	return approval
}

// revokedInvitation asks an expert, and takes it back.
func revokedInvitation(t *testing.T, c *city, store *postgres.Store) forum.ID {
	t.Helper()
	conductor, officer := c.conductor(), awaitOfficial(t, store, anOfficer)
	by, err := store.Official(t.Context(), officer)
	if err != nil {
		t.Fatal(err)
	}
	n := forum.NewInvitation{ID: postgres.NewID(), Kind: forum.InvitedOpinion, Forum: forumIn(t, store, forum.Open, time.Hour), Name: "김전문", Affiliation: "교통연구원",
		Email: "expert@example.org", Lang: "ko", Asked: "광장이 교통에 미치는 영향을 적어 주십시오.", Days: 5}
	if err := store.Invite(t.Context(), by, "127.0.0.1", n); err != nil {
		t.Fatal(err)
	}
	if err := conductor.Start(t.Context(), forum.Start{Noun: forum.TheInvitation, ID: n.ID}); err != nil {
		t.Fatal(err)
	}
	d := forum.Decision{ID: postgres.NewID(), Action: forum.RevokeInvitation, Noun: forum.TheInvitation, Subject: n.ID, By: officer, Reason: "일정이 바뀌었습니다."}
	if err := decide(t.Context(), store, conductor, d); err != nil {
		t.Fatal(err)
	}
	return n.ID
}

// mostEvents is how long a procedure's history may get in a whole journey, however many people take part.
const mostEvents = 200

// historiesAreShort prints how many events each procedure has left, and bounds them.
func historiesAreShort(t *testing.T, c *city) {
	t.Helper()
	conductor := c.conductor()
	for id, run := range c.executions(t) {
		described, err := conductor.Client.DescribeWorkflowExecution(t.Context(), id, run)
		if err != nil {
			t.Fatal(err)
		}
		n := described.GetWorkflowExecutionInfo().GetHistoryLength()
		if noun, _, _ := strings.Cut(id, "-"); noun != "sweep" {
			t.Logf("%-9s %4d of %d events (%.2f)", noun, n, mostEvents, float64(n)/mostEvents)
		}
		if n > mostEvents {
			t.Errorf("the history of %s has %d events, want at most %d", id, n, mostEvents)
		}
	}
}

// executions are the city's workflows, each with its latest run.
func (c *city) executions(t *testing.T) map[string]string {
	t.Helper()
	conductor := c.conductor()
	found := map[string]string{}
	for page := []byte(nil); ; {
		answer, err := conductor.Client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range answer.GetExecutions() {
			if one.GetType().GetName() != "temporal-sys-scheduler-workflow" {
				found[one.GetExecution().GetWorkflowId()] = one.GetExecution().GetRunId()
			}
		}
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return found
		}
	}
}

// historyOf reads a whole history.
func historyOf(t *testing.T, c client.Client, id, run string) *history.History {
	t.Helper()
	all := &history.History{}
	for events := c.GetWorkflowHistory(t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		event, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		all.Events = append(all.Events, event)
	}
	return all
}

// forgetMachine takes out who made an event: a process of the machine that recorded it.
func forgetMachine(m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Name() == "identity":
			m.Set(field, protoreflect.ValueOfString("worker"))
		case field.Name() == "task_queue" && value.Message().Get(value.Message().Descriptor().Fields().ByName("normal_name")).String() != "":
			queue := value.Message()
			queue.Set(queue.Descriptor().Fields().ByName("name"), protoreflect.ValueOfString("sticky"))
		case field.Kind() == protoreflect.MessageKind && !field.IsList() && !field.IsMap():
			forgetMachine(value.Message())
		}
		return true
	})
}

func keepHistory(t *testing.T, name string, h *history.History) {
	t.Helper()
	for _, event := range h.GetEvents() {
		forgetMachine(event.ProtoReflect())
	}
	raw, err := protojson.Marshal(h)
	if err == nil {
		err = os.WriteFile(filepath.Join(recordings, name+".json"), append(raw, '\n'), 0o644) //nolint:gosec // part of the repository
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d events, %d KB", name, len(h.GetEvents()), len(raw)>>10)
}

// historiesHoldNobodysWords looks for people in all that Temporal keeps: nobody's address, name or words may be there, since
// histories are shown in Temporal's own pages and must outlive what is erased.
func historiesHoldNobodysWords(t *testing.T, c *city) {
	t.Helper()
	store, conductor := c.store(), c.conductor()
	canaries := many(t, store, `
SELECT email FROM contacts UNION SELECT email FROM officials WHERE email <> '' UNION SELECT name FROM officials UNION SELECT uid FROM officials
UNION SELECT left(text, 12) FROM opinions UNION SELECT left(title, 12) FROM opinions WHERE char_length(title) > 4 UNION SELECT title FROM forums
UNION SELECT left(text, 12) FROM suggestions UNION SELECT title FROM suggestions UNION SELECT reason FROM decisions WHERE char_length(reason) > 4
UNION SELECT receipt FROM opinions`)
	if len(canaries) < 200 {
		t.Fatalf("only %d canaries", len(canaries))
	}
	payloads := 0
	for id, run := range c.executions(t) {
		raw, err := protojson.Marshal(historyOf(t, conductor.Client, id, run))
		if err != nil {
			t.Fatal(err)
		}
		said := string(raw)
		for _, found := range payload.FindAllStringSubmatch(said, -1) {
			data, err := base64.StdEncoding.DecodeString(found[1])
			if err != nil {
				t.Fatal(err)
			}
			said += "\n" + string(data)
			payloads++
		}
		for _, canary := range canaries {
			if strings.Contains(said, canary) {
				t.Errorf("the history of %s tells %q", id, canary)
			}
		}
	}
	if payloads < 200 {
		t.Errorf("only %d payloads were looked through", payloads)
	}
}

var payload = regexp.MustCompile(`"data": *"([^"]*)"`)

// many reads a column of texts.
func many(t *testing.T, s *postgres.Store, sql string) []string {
	t.Helper()
	rows, err := s.Pool().Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}
