package office

import (
	"net/http"
	"net/url"
	"testing"

	"acropolis/forum"
)

// TestForumWithoutCandidatesGoesOn: where nothing was posted, or all of it hidden, the officer lays before the head that
// nobody wins. Without that the forum would stay in awarding for ever.
func TestForumWithoutCandidatesGoesOn(t *testing.T) {
	o := officeOfAll(t)
	o.topic.Status, o.awards, o.approvals = forum.Awarding, nil, nil
	o.get(forumURL+"/awards").want(t, http.StatusOK, `id="form-award.submit"`)
	o.post(forumURL+"/decisions/award.submit", url.Values{"key": {string(id(1000))}, "approver": {string(head1.ID)}}).want(t, http.StatusSeeOther)
	if len(o.conductor.decided) != 1 || o.conductor.decided[id(1000)].Action != forum.SubmitAwards {
		t.Errorf("decided %v", o.conductor.decided)
	}
}
