package directory_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"acropolis/forum"
	"acropolis/integrations/ldap"
	"acropolis/integrations/settings"
	"acropolis/standalone/directory"
)

const password = "광장-2026"

var (
	units = []directory.Unit{
		{OU: "construction", Name: "건설기획국", NameEn: "Construction Planning Bureau"},
		{OU: "road-planning", Name: "도로계획과", NameEn: "Road Planning Division", Parent: "construction"},
	}
	people = []directory.Person{
		{UID: "bae", Name: "배종현", NameEn: "Bae Jonghyun", Title: "국장", TitleEn: "Director", Department: "construction",
			Mail: "bae@city.example", Phone: "02-000-0001", Duties: []string{"head", "executive"}},
		{UID: "kim", Name: "김도로", NameEn: "Kim Doro", Title: "주무관", TitleEn: "Officer", Department: "road-planning",
			Mail: "kim@city.example", Manager: "bae", Substitute: "lee", Duties: []string{"drafter"}},
		{UID: "lee", Name: "이하나", Department: "road-planning", Manager: "bae"},
	}
)

func serve(t *testing.T) *directory.Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s, err := directory.Serve(ctx, "127.0.0.1:0", people, units, password)
	must(t, err)
	return s
}

// clientOf has the settings' defaults, as an operator who sets only the address.
func clientOf(t *testing.T, s *directory.Server) *ldap.Client {
	t.Helper()
	var with ldap.Settings
	must(t, settings.Load(&with, func(name string) (string, bool) {
		value, ok := map[string]string{"LDAP_URL": "ldap://" + s.Address, "LDAP_BASE_DN": directory.BaseDN,
			"LDAP_BIND_DN": directory.ReaderDN, "LDAP_BIND_PASSWORD": password}[name]
		return value, ok
	}))
	client, err := ldap.New(with)
	must(t, err)
	return client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOfficialsLogInByOurClient(t *testing.T) {
	client := clientOf(t, serve(t))
	kim, err := client.Login(t.Context(), "KIM", password)
	must(t, err)
	want := ldap.Entry{DN: "uid=kim,ou=people,dc=city,dc=example", UID: "kim", Name: "김도로", NameEn: "Kim Doro", Title: "주무관",
		TitleEn: "Officer", Department: "road-planning", DepartmentName: "도로계획과", DepartmentNameEn: "Road Planning Division",
		Mail: "kim@city.example", Manager: "bae", Substitute: "lee", Duties: []string{"drafter"}, Groups: []string{"forum-drafters"}}
	if !reflect.DeepEqual(kim, want) {
		t.Fatalf("got  %+v\nwant %+v", kim, want)
	}
	failed := forum.Refuse(forum.Unauthorised, "login.failed")
	for _, try := range [][2]string{{"kim", "wrong"}, {"nobody", password}, {"*", password}, {"k*", password}, {"kim)(uid=*", password}} {
		if _, err := client.Login(t.Context(), try[0], try[1]); !errors.Is(err, failed) {
			t.Errorf("%v: got %v", try, err)
		}
	}
}

func TestTheWholeListReadsLikeEachEntry(t *testing.T) {
	s := serve(t)
	client := clientOf(t, s)
	all, departments, err := client.All(t.Context())
	must(t, err)
	if len(all) != 3 || len(departments) != 2 || departments[1] != (ldap.Unit{OU: "road-planning", Name: "도로계획과",
		NameEn: "Road Planning Division", Parent: "construction"}) {
		t.Fatalf("got %+v %+v", all, departments)
	}
	for _, person := range all {
		one, err := client.Lookup(t.Context(), person.UID)
		must(t, err)
		if !reflect.DeepEqual(one, person) {
			t.Errorf("got %+v and %+v", person, one)
		}
	}
	must(t, s.Set(people[:1], units))
	if _, err := client.Lookup(t.Context(), "kim"); !errors.Is(err, forum.Refuse(forum.NotFound, "official.not_in_directory")) {
		t.Fatalf("who has left is still found: %v", err)
	}
	if _, err := client.Login(t.Context(), "kim", password); forum.CodeOf(err) != forum.Unauthorised {
		t.Fatalf("who has left still logs in: %v", err)
	}
}

func TestGroupsAreThoseThatOurClientMapsToDuties(t *testing.T) {
	for _, setting := range settings.Describe(ldap.Settings{}) {
		if setting.Name != "LDAP_GROUP_DUTIES" {
			continue
		}
		pairs := strings.Split(setting.Default, ",")
		if len(pairs) != len(directory.Groups) || len(pairs) != len(forum.Duties) {
			t.Fatalf("%d groups, %d mapped, %d duties", len(directory.Groups), len(pairs), len(forum.Duties))
		}
		for _, duty := range forum.Duties {
			if pair := directory.Groups[string(duty)] + "=" + string(duty); !strings.Contains(","+setting.Default+",", ","+pair+",") {
				t.Errorf("%s isn't in the default", pair)
			}
		}
		return
	}
	t.Fatal("LDAP_GROUP_DUTIES is gone")
}

func TestFilters(t *testing.T) {
	c, err := goldap.DialURL("ldap://" + serve(t).Address)
	must(t, err)
	defer c.Close()
	ask := func(base string, scope int, filter string, limit int) (string, error) {
		found, err := c.Search(goldap.NewSearchRequest(base, scope, 0, limit, 0, false, filter, []string{"uid", "cn"}, nil))
		var uids []string
		for _, e := range found.Entries {
			uids = append(uids, e.GetAttributeValue("uid"))
		}
		return strings.Join(uids, " "), err
	}
	if _, err := ask(directory.BaseDN, goldap.ScopeWholeSubtree, "(uid=*)", 0); !goldap.IsErrorWithCode(err, goldap.LDAPResultInsufficientAccessRights) {
		t.Fatalf("anybody may read: %v", err)
	}
	if err := c.UnauthenticatedBind(directory.ReaderDN); !goldap.IsErrorWithCode(err, goldap.LDAPResultUnwillingToPerform) {
		t.Fatalf("a bind without password: %v", err)
	}
	must(t, c.Bind(directory.ReaderDN, password))
	for filter, want := range map[string]string{
		"(uid=*)": "bae kim lee", "(UID=KIM)": "kim", "(!(uid=kim))": "bae lee", "(&(uid=*)(title=*))": "bae kim",
		"(|(uid=kim)(uid=lee))": "kim lee", "(cn=김*)": "kim", "(cn;lang-en=*Jong*n)": "bae", "(cn=*나)": "lee", "(cn=*hyun*bae*)": "",
		"(manager=UID=bae, OU=people,dc=city,dc=example)": "kim lee", "(nosuch=1)": "", "(cn=Kim Doro)": "kim", "(uid=\\2a)": "",
	} {
		if got, err := ask("ou=people,"+directory.BaseDN, goldap.ScopeSingleLevel, filter, 0); err != nil || got != want {
			t.Errorf("%s: got %q %v, want %q", filter, got, err, want)
		}
	}
	if got, err := ask(directory.BaseDN, goldap.ScopeSingleLevel, "(uid=*)", 0); err != nil || got != "" {
		t.Errorf("one level: %q %v", got, err)
	}
	if got, err := ask("UID=kim,ou=people,"+directory.BaseDN, goldap.ScopeBaseObject, "(objectClass=*)", 0); err != nil || got != "kim" {
		t.Errorf("one entry: %q %v", got, err)
	}
	if got, err := ask(directory.BaseDN, goldap.ScopeWholeSubtree, "(uid=*)", 2); got != "bae kim" || !goldap.IsErrorWithCode(err, goldap.LDAPResultSizeLimitExceeded) {
		t.Errorf("size limit: %q %v", got, err)
	}
	if _, err := ask("ou=nowhere,"+directory.BaseDN, goldap.ScopeWholeSubtree, "(uid=*)", 0); !goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject) {
		t.Errorf("unknown base: %v", err)
	}
	if _, err := ask(directory.BaseDN, goldap.ScopeWholeSubtree, "(uid>=a)", 0); !goldap.IsErrorWithCode(err, goldap.LDAPResultUnwillingToPerform) {
		t.Errorf("unknown kind of filter: %v", err)
	}
}

func TestWhatDoesNotFitTogetherIsRefusedAtTheStart(t *testing.T) {
	for want, change := range map[string]func() ([]directory.Person, []directory.Unit){
		"stands twice":     func() ([]directory.Person, []directory.Unit) { return append(people[:3:3], people[0]), units },
		"manager points":   func() ([]directory.Person, []directory.Unit) { return people[1:], units },
		"seeAlso points":   func() ([]directory.Person, []directory.Unit) { return nil, units[1:] },
		"is in road-plann": func() ([]directory.Person, []directory.Unit) { return people, units[:1] },
		"no group gives": func() ([]directory.Person, []directory.Unit) {
			return []directory.Person{{UID: "x", Name: "엑스", Duties: []string{"king"}}}, nil
		},
		"without uid": func() ([]directory.Person, []directory.Unit) { return []directory.Person{{Name: "엑스"}}, nil },
	} {
		p, u := change()
		if _, err := directory.Serve(t.Context(), "127.0.0.1:0", p, u, password); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	if _, err := directory.Serve(t.Context(), taken.Addr().String(), people, units, password); err == nil {
		t.Error("a taken port must be an error")
	}
}

func TestItStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	s, err := directory.Serve(ctx, "127.0.0.1:0", people, units, password)
	must(t, err)
	stop()
	s.Close()
	if c, err := net.Dial("tcp", s.Address); err == nil {
		_ = c.Close()
		t.Fatalf("%s still answers", s.Address)
	}
}
