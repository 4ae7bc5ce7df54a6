package ldap_test

import (
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/ldap"
)

func TestAllReadsPeopleAndUnitsAsLoginDoes(t *testing.T) {
	server := startSlapd(t, city, "", "")
	c := client(t, settingsFor(server.address))
	people, units, err := c.All(t.Context())
	must(t, err)
	wantUnits := []ldap.Unit{
		{OU: "construction", Name: "건설기획국", NameEn: "Construction Planning Bureau"},
		{OU: "road-planning", Name: "도로계획과", NameEn: "Road Planning Division", Parent: "construction"},
	}
	if !reflect.DeepEqual(units, wantUnits) {
		t.Fatalf("got %+v", units)
	}
	var uids []string
	for _, person := range people {
		uids = append(uids, person.UID)
		single, err := c.Lookup(t.Context(), person.UID)
		must(t, err)
		if !reflect.DeepEqual(single, person) {
			t.Errorf("All    %+v\nLookup %+v", person, single)
		}
	}
	if want := []string{"choi", "kim.road", "lee.head", "park.audit"}; !slices.Equal(uids, want) {
		t.Fatalf("got %v, want %v: nobody is let in by a uid that two bear", uids, want)
	}
	head, auditor := people[2], people[3]
	if head.Manager != "choi" || !slices.Equal(head.Duties, []string{"head"}) {
		t.Errorf("got %+v", head)
	}
	if !slices.Equal(auditor.Duties, []string{"auditor"}) {
		t.Errorf("got %+v", auditor)
	}
}

func TestWhoeverLeftIsNoLongerFound(t *testing.T) {
	server := startSlapd(t, city, "", "")
	c := client(t, settingsFor(server.address))
	_, err := c.Lookup(t.Context(), "park.audit")
	must(t, err)
	out, err := exec.Command("ldapdelete", "-x", "-H", "ldap://"+server.address, "-D", readerDN, "-w", readerPassword,
		"uid=park.audit,ou=people,"+base).CombinedOutput()
	if err != nil {
		t.Fatalf("ldapdelete (apt-get install ldap-utils): %v %s", err, out)
	}
	gone := forum.Refuse(forum.NotFound, "official.not_in_directory")
	_, err = c.Lookup(t.Context(), "park.audit")
	mustRefuse(t, err, gone)
	_, err = c.Lookup(t.Context(), "twin")
	mustRefuse(t, err, gone)
	_, err = c.Login(t.Context(), "park.audit", password)
	mustRefuse(t, err, loginFailed)
}

func TestMoreThanAPageIsReadWhole(t *testing.T) {
	server := startSlapd(t, city+crowd(700), "sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited", "")
	people, _, err := client(t, settingsFor(server.address, asLimited)).All(t.Context())
	must(t, err)
	if len(people) != 704 {
		t.Fatalf("got %d people, want 704", len(people))
	}
}

// asLimited reads as an account that the server's limits bind; its root account has none.
func asLimited(s *ldap.Settings) { s.BindDN, s.BindPassword = "cn=limited,"+base, "limited" }

func TestPartOfTheListIsNotTakenForTheWhole(t *testing.T) {
	server := startSlapd(t, city+crowd(20), "sizelimit 5", "")
	people, units, err := client(t, settingsFor(server.address, asLimited)).All(t.Context())
	mustRefuse(t, err, directoryDown)
	mustTell(t, err, "list: result 4 ")
	if people != nil || units != nil {
		t.Fatalf("got %d people, %d units, %v", len(people), len(units), err)
	}
	t.Run("referral inside the tree", func(t *testing.T) {
		server := startSlapd(t, city+"\ndn: ou=abroad,"+base+"\nobjectClass: referral\nobjectClass: extensibleObject\nou: abroad\nref: ldap://127.0.0.1:1/dc=other\n", "", "")
		_, _, err := client(t, settingsFor(server.address)).All(t.Context())
		mustRefuse(t, err, directoryDown)
		mustTell(t, err, "the list may be partial")
	})
	t.Run("nobody at all", func(t *testing.T) {
		server := startSlapd(t, city, "", "")
		_, _, err := client(t, settingsFor(server.address, func(s *ldap.Settings) {
			s.UserFilter = "(&(objectClass=inetOrgPerson)(employeeNumber=%s))"
		})).All(t.Context())
		mustRefuse(t, err, directoryDown)
		mustTell(t, err, "the list may be partial")
	})
	t.Run("groups cut short at login", func(t *testing.T) {
		many := city
		for _, n := range strings.Split("abcdefgh", "") {
			many += "\ndn: cn=" + n + ",ou=groups," + base + "\nobjectClass: groupOfNames\ncn: " + n + "\nmember: uid=kim.road,ou=people," + base + "\n"
		}
		server := startSlapd(t, many, "sizelimit 5", "")
		_, err := client(t, settingsFor(server.address, asLimited)).Login(t.Context(), "kim.road", password)
		mustRefuse(t, err, directoryDown)
		mustTell(t, err, "list: result 4 ")
	})
}
