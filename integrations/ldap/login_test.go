package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"acropolis/forum"
	"acropolis/integrations/ldap"
)

var (
	loginFailed   = forum.Refuse(forum.Unauthorised, "login.failed")
	directoryDown = forum.Refuse(forum.Unavailable, "login.directory_down")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mustRefuse wants that very refusal, and no name, password or text of the directory in the error.
func mustRefuse(t *testing.T, err error, refusal *forum.Error) {
	t.Helper()
	if !errors.Is(err, refusal) {
		t.Fatalf("got %v, want %v", err, refusal)
	}
	for _, private := range []string{"canary", "kim.road", "twin", "uid="} {
		if strings.Contains(err.Error(), private) {
			t.Fatalf("the error holds %q: %v", private, err)
		}
	}
}

func TestLoginGivesThePersonWithDepartmentSuperiorsAndDuties(t *testing.T) {
	server := startSlapd(t, city, "", "")
	got, err := client(t, settingsFor(server.address)).Login(t.Context(), "kim.road", password)
	must(t, err)
	want := ldap.Entry{
		DN: "uid=kim.road,ou=people,dc=city,dc=example", UID: "kim.road", Name: "김도로", NameEn: "Kim Doro",
		Title: "주무관", TitleEn: "Officer", Department: "road-planning", DepartmentName: "도로계획과",
		DepartmentNameEn: "Road Planning Division", Mail: "kim.road@city.example", Phone: "02-000-0001",
		Manager: "lee.head", Substitute: "park.audit",
		Duties: []string{"officer"}, Groups: []string{"City-Officers", "circle", "road-team"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhoeverCannotBeLetInGetsOneRefusal(t *testing.T) {
	server := startSlapd(t, city, "", "")
	c := client(t, settingsFor(server.address))
	for story, try := range map[string][2]string{
		"wrong password":          {"kim.road", "wrong"},
		"unknown":                 {"nobody", password},
		"two entries":             {"twin", password},
		"star":                    {"kim*", password},
		"all":                     {"*", password},
		"filter closed and or":    {"kim.road)(|(uid=*", password},
		"filter widened":          {"nobody)(uid=kim.road", password},
		"escaped star":            {`kim\2aroad`, password},
		"NUL":                     {"kim.road\x00", password},
		"DN in place of the name": {"uid=kim.road,ou=people," + base, password},
		"no name":                 {"", password},
		"name of a megabyte":      {strings.Repeat("k", 1<<20), password},
	} {
		t.Run(story, func(t *testing.T) {
			_, err := c.Login(t.Context(), try[0], try[1])
			mustRefuse(t, err, loginFailed)
		})
	}
}

func TestEmptyPasswordIsRefusedBeforeTheNetwork(t *testing.T) {
	through := newProxy(t, func(int) string { return "127.0.0.1:1" })
	_, err := client(t, settingsFor(through.address)).Login(t.Context(), "kim.road", "")
	mustRefuse(t, err, loginFailed)
	if n := through.connections.Load(); n != 0 {
		t.Fatalf("%d connections", n)
	}
}

func TestDirectoryDown(t *testing.T) {
	c := client(t, settingsFor(freePort(t)))
	_, err := c.Login(t.Context(), "kim.road", password)
	mustRefuse(t, err, directoryDown)
	_, _, err = c.All(t.Context())
	mustRefuse(t, err, directoryDown)
}

func TestHangingDirectoryCostsTheTimeoutAndNoMore(t *testing.T) {
	server := startSlapd(t, city, "", "")
	c := client(t, settingsFor(server.address, func(s *ldap.Settings) { s.Timeout = 400 * time.Millisecond }))
	server.signal(t, syscall.SIGSTOP)
	for _, ask := range []func() error{
		func() error { _, err := c.Login(t.Context(), "kim.road", password); return err },
		func() error { _, err := c.Lookup(t.Context(), "kim.road"); return err },
	} {
		began := time.Now()
		mustRefuse(t, ask(), directoryDown)
		if took := time.Since(began); took > 1200*time.Millisecond {
			t.Fatalf("took %v", took)
		}
	}
	server.signal(t, syscall.SIGCONT)
	if _, err := c.Login(t.Context(), "kim.road", password); err != nil {
		t.Fatalf("it goes on: %v", err)
	}
}

func TestCallerWhoGoesAwayIsNotWaitedFor(t *testing.T) {
	server := startSlapd(t, city, "", "")
	server.signal(t, syscall.SIGSTOP)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := client(t, settingsFor(server.address)).Login(ctx, "kim.road", password)
	mustRefuse(t, err, directoryDown)
	if took := time.Since(began); took > time.Second {
		t.Fatalf("took %v", took)
	}
}

// staffed is the city with its people one level down, so that the overlay below can stand in for them alone.
var staffed = strings.ReplaceAll(city, "ou=people,"+base, "ou=people,ou=staff,"+base)

// faulty answers searches of people with the fault.
func faulty(t *testing.T, fault string) *slapd {
	return startSlapd(t, city, "", `
overlay retcode
retcode-parent "ou=staff,`+base+`"
retcode-item "ou=people" `+fault)
}

func underPeople(s *ldap.Settings) {
	s.BaseDN = "ou=people,ou=staff," + base
	s.GroupBaseDN, s.UnitBaseDN = "ou=groups,"+base, "ou=units,"+base
}

// mustTell wants the log to name the fault, or the test would pass by another one.
func mustTell(t *testing.T, err error, cause string) {
	t.Helper()
	if !strings.Contains(err.Error(), cause) {
		t.Fatalf("want %q in %v", cause, err)
	}
}

func TestSlowDirectory(t *testing.T) {
	server := faulty(t, "0x00 sleeptime=2")
	c := client(t, settingsFor(server.address, underPeople, func(s *ldap.Settings) { s.Timeout = 300 * time.Millisecond }))
	began := time.Now()
	_, err := c.Login(t.Context(), "kim.road", password)
	mustRefuse(t, err, directoryDown)
	mustTell(t, err, "search of a person: ")
	if took := time.Since(began); took > time.Second || took < 300*time.Millisecond {
		t.Fatalf("took %v", took)
	}
}

func TestBusyDirectoryIsAskedOnceMore(t *testing.T) {
	well := startSlapd(t, strings.Replace(staffed, "dn: ou=people,", "dn: ou=staff,"+base+"\nobjectClass: organizationalUnit\nou: staff\n\ndn: ou=people,", 1), "", "")
	for name, code := range map[string]string{"51 Busy": "0x33", "52 Unavailable": "0x34"} {
		t.Run(name, func(t *testing.T) {
			busy := faulty(t, code)
			recovers := newProxy(t, func(n int) string {
				if n == 1 {
					return busy.address
				}
				return well.address
			})
			if _, err := client(t, settingsFor(recovers.address, underPeople)).Login(t.Context(), "kim.road", password); err != nil {
				t.Fatalf("the second try was well: %v", err)
			}
			stays := newProxy(t, func(int) string { return busy.address })
			_, err := client(t, settingsFor(stays.address, underPeople)).Login(t.Context(), "kim.road", password)
			mustRefuse(t, err, directoryDown)
			mustTell(t, err, "search of a person: result "+name)
			if n := stays.connections.Load(); n != 2 {
				t.Fatalf("asked %d times, want twice", n)
			}
		})
	}
}

func TestReferralIsNotFollowed(t *testing.T) {
	elsewhere := newProxy(t, func(int) string { return "127.0.0.1:1" })
	server := faulty(t, "0x0a ref=ldap://"+elsewhere.address+"/dc=other")
	c := client(t, settingsFor(server.address, underPeople))
	_, err := c.Login(t.Context(), "kim.road", password)
	mustRefuse(t, err, directoryDown)
	mustTell(t, err, "search of a person: result 10 ")
	_, _, err = c.All(t.Context())
	mustRefuse(t, err, directoryDown)
	mustTell(t, err, "list: result 10 ")
	if n := elsewhere.connections.Load(); n != 0 {
		t.Fatalf("%d connections to where the referral points", n)
	}
}

func TestReadingAccountRefusedIsNoFaultOfThePerson(t *testing.T) {
	server := startSlapd(t, city, "", "")
	c := client(t, settingsFor(server.address, func(s *ldap.Settings) { s.BindPassword = "canary-wrong" }))
	_, err := c.Login(t.Context(), "kim.road", password)
	mustRefuse(t, err, directoryDown)
	if !strings.Contains(err.Error(), "reading account: result 49") {
		t.Fatalf("the log can't tell why: %v", err)
	}
}

func TestPasswordsTravelOnlyEncrypted(t *testing.T) {
	ca, certificate := authority(t)
	server := startSlapd(t, city, certificate, "")
	bare := startSlapd(t, city, "", "") // as an attacker who strips StartTLS would answer
	otherCA, _ := authority(t)
	login := func(t *testing.T, target, scheme, caFile string, startTLS bool) (error, *proxy) {
		t.Helper()
		tap := newProxy(t, func(int) string { return target })
		s := settingsFor(tap.address)
		s.URL, s.CAFile, s.StartTLS = scheme+tap.address, caFile, startTLS
		_, err := client(t, s).Login(t.Context(), "kim.road", password)
		if strings.Contains(tap.seen(), "canary") {
			t.Fatal("a password travelled readable")
		}
		return err, tap
	}
	t.Run("ldaps", func(t *testing.T) {
		if err, _ := login(t, server.secure, "ldaps://", ca, false); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("StartTLS", func(t *testing.T) {
		if err, _ := login(t, server.address, "ldap://", ca, true); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("StartTLS stripped", func(t *testing.T) {
		err, _ := login(t, bare.address, "ldap://", ca, true)
		mustRefuse(t, err, directoryDown)
	})
	t.Run("ldaps from a wrong authority", func(t *testing.T) {
		err, _ := login(t, server.secure, "ldaps://", otherCA, false)
		mustRefuse(t, err, directoryDown)
	})
	t.Run("StartTLS from a wrong authority", func(t *testing.T) {
		err, _ := login(t, server.address, "ldap://", otherCA, true)
		mustRefuse(t, err, directoryDown)
	})
	t.Run("the tap sees what is plain", func(t *testing.T) { // or the four above would prove nothing
		tap := newProxy(t, func(int) string { return bare.address })
		_, err := client(t, settingsFor(tap.address)).Login(t.Context(), "kim.road", password)
		must(t, err)
		if !strings.Contains(tap.seen(), password) {
			t.Fatal("the tap is blind")
		}
	})
}

func TestSettingsThatWouldLeakOrMisleadAreRefused(t *testing.T) {
	good := settingsFor("127.0.0.1:389")
	for want, change := range map[string]func(*ldap.Settings){
		"plain ldap://":          func(s *ldap.Settings) { s.URL = "ldap://directory.city.example" },
		"neither ldaps":          func(s *ldap.Settings) { s.URL = "http://directory" },
		"TLS already":            func(s *ldap.Settings) { s.URL, s.StartTLS = "ldaps://directory", true },
		"LDAP_BASE_DN":           func(s *ldap.Settings) { s.BaseDN = "" },
		"LDAP_BIND_PASSWORD":     func(s *ldap.Settings) { s.BindPassword = "" },
		"no %s":                  func(s *ldap.Settings) { s.UserFilter = "(uid=kim)" },
		"is no filter":           func(s *ldap.Settings) { s.UserFilter = "(uid=%s" },
		"LDAP_CA_FILE":           func(s *ldap.Settings) { s.CAFile = "/nowhere.pem" },
		"isn't group=duty":       func(s *ldap.Settings) { s.GroupDuties = []string{"officers"} },
		"its group stands twice": func(s *ldap.Settings) { s.GroupDuties = []string{"a=officer", "A=head"} },
	} {
		s := good
		change(&s)
		if _, err := ldap.New(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	plain := good
	plain.URL, plain.InsecurePlain = "ldap://directory.city.example", true
	if _, err := ldap.New(plain); err != nil {
		t.Errorf("the operator said that plain is right: %v", err)
	}
}

func TestSecretShowsUnderNoVerb(t *testing.T) {
	s := settingsFor("127.0.0.1:389")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, s); strings.Contains(text, readerPassword) || strings.Contains(text, fmt.Sprintf("%x", readerPassword)) {
			t.Errorf("%s shows the password", verb)
		}
	}
}

// proxy passes connections on, to a target by their number from one, and keeps what clients sent.
type proxy struct {
	address     string
	connections atomic.Int32
	sent        chan string
}

func newProxy(t *testing.T, target func(n int) string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{address: l.Addr().String(), sent: make(chan string, 1000)}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go p.pass(in, target(int(p.connections.Add(1))))
		}
	}()
	return p
}

func (p *proxy) pass(in net.Conn, target string) {
	defer in.Close()
	out, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		defer in.Close()
		copyTo(in, out, func(string) {})
	}()
	copyTo(out, in, func(text string) { p.sent <- text })
}

func copyTo(to, from net.Conn, note func(string)) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		note(string(buffer[:n]))
		if err != nil {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// seen is all that clients have sent so far.
func (p *proxy) seen() string {
	var all strings.Builder
	for {
		select {
		case text := <-p.sent:
			all.WriteString(text)
		default:
			return all.String()
		}
	}
}
