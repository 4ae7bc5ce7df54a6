package postgres_test

import (
	"testing"

	"acropolis/forum"
)

func TestPartOfTheDirectoryDoesNotEmptyTheCity(t *testing.T) {
	c := newCity(t)
	if err := c.RefreshDirectory(t.Context(), cityHall.people[:5], cityHall.units); err == nil {
		t.Fatal("a list of five was taken for the whole directory")
	}
	if err := c.RefreshDirectory(t.Context(), nil, nil); err == nil {
		t.Fatal("an empty list was taken for the whole directory")
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM officials WHERE left_at IS NULL`); n != len(cityHall.people) {
		t.Errorf("%d officials are left of %d", n, len(cityHall.people))
	}
}

func TestWhoIsGoneFromTheDirectoryIsGone(t *testing.T) {
	c := newCity(t)
	juror := c.official("juror")
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "juror" })
	_, err := c.Official(t.Context(), juror.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	jurors, err := c.Officials(t.Context(), forum.Juror, "")
	if err != nil || len(jurors) != 0 {
		t.Errorf("jurors %v, %v", jurors, err)
	}
	c.directory(func(*forum.DirectoryPerson) bool { return true })
	if back := c.official("juror"); back.ID != juror.ID {
		t.Error("who came back is somebody else")
	}
}

func TestLoginKeepsSuperiorAndSubstitute(t *testing.T) {
	c := newCity(t)
	o, err := c.SaveOfficial(t.Context(), forum.Official{UID: "road.head", Name: "새 이름", Department: "road", Duties: []forum.Duty{forum.Head, forum.Executive}})
	c.must(err)
	if o.Superior != c.official("bureau.head").ID || o.Substitute != c.official("road.deputy").ID || o.Name != "새 이름" || !o.Has(forum.Executive) {
		t.Errorf("%+v", o)
	}
	heads, err := c.Officials(t.Context(), forum.Head, "road")
	if err != nil || len(heads) != 1 {
		t.Errorf("heads of the division: %v, %v", heads, err)
	}
	units, err := c.Departments(t.Context())
	if err != nil || len(units) != len(cityHall.units) {
		t.Errorf("departments: %v, %v", units, err)
	}
}

func TestMyWorkIsWhatWaitsForMe(t *testing.T) {
	c := newCity(t)
	id := c.preparing() // the drafter's dossier and the officer's period are owed
	work := func(uid string) (kinds []forum.Action) {
		all, err := c.MyWork(t.Context(), c.official(uid))
		c.must(err)
		for _, o := range all {
			if o.Title == "" || o.Due.IsZero() || o.Forum != id {
				t.Errorf("owed: %+v", o)
			}
			kinds = append(kinds, o.Kind)
		}
		return kinds
	}
	for uid, want := range map[string]forum.Action{"officer": forum.SetPeriod, "officer.two": forum.SetPeriod, "road.drafter": forum.SubmitDossier,
		"road.deputy": forum.SubmitDossier, "road.head": "", "parks.head": "", "moderator": ""} {
		got := work(uid)
		if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("%s has %v, want %s", uid, got, want)
		}
	}
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	a, err := c.ApprovalOf(t.Context(), forum.TheDossier, id)
	c.must(err)
	_, err = c.BeginReview(t.Context(), a.ID)
	c.must(err)
	if got := work("road.head"); len(got) != 1 || got[0] != forum.SignApproval {
		t.Errorf("the head has %v", got)
	}
	if got := work("road.deputy"); len(got) != 0 {
		t.Errorf("the deputy of a present head has %v", got)
	}
	c.absent("road.head")
	if got := work("road.deputy"); len(got) != 1 || got[0] != forum.SignApproval {
		t.Errorf("the deputy of an absent head has %v", got)
	}
	owed, err := c.OwedOf(t.Context(), forum.TheForum, id)
	if err != nil || len(owed) != 2 {
		t.Errorf("the forum is owed %v, %v", owed, err)
	}
}
