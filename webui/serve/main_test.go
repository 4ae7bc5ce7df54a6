package serve

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/integrations/ldap"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
	"acropolis/integrations/temporal"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	pgtest.Main(m)
}

// city is both sites on a database of the test's own; the directory and Temporal are out of reach.
type city struct {
	store          *postgres.Store
	public, office *httptest.Server
	others         *exchange
}

func newCity(t *testing.T, with ...func(*Settings)) city {
	return webProcess(t, pgtest.URL(t), with...)
}

// webProcess is one of those that serve the city of a database.
func webProcess(t *testing.T, url string, with ...func(*Settings)) city {
	t.Helper()
	s := Settings{
		Store:     postgres.Settings{URL: url, MaxConns: 20, VoterName: "1", VoterKey: "the key of the voters in all the tests"},
		Temporal:  temporal.Settings{Address: "127.0.0.1:1", Namespace: "default"},
		Directory: ldap.Settings{URL: "ldap://127.0.0.1:1", BaseDN: "dc=city,dc=example"},
		PublicURL: "https://forum.city.example", CityName: "서울특별시", CityEn: "Seoul",
	}
	for _, set := range with {
		set(&s)
	}
	store, err := postgres.Open(t.Context(), s.Store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	directory, err := ldap.New(s.Directory)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c, err := temporal.DialLazily(s.Temporal, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	writer := postgres.NewWriter(store)
	t.Cleanup(func() { writer.Close(context.Background()) })
	ctx, cancel := context.WithCancel(t.Context())
	cache, watched := watchedCache(ctx, store, log)
	t.Cleanup(watched.Wait)
	t.Cleanup(cancel)
	public, office, others, err := handlers(s, store, writer, directory, c, cache, log)
	if err != nil {
		t.Fatal(err)
	}
	return city{store: store, public: serveOn(t, public), office: serveOn(t, office), others: others}
}

func serveOn(t *testing.T, h http.Handler) *httptest.Server {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// openForum enters a forum that is open now, and one that has closed.
func (c city) forums(t *testing.T) (open, closed forum.ID) {
	t.Helper()
	people := []forum.DirectoryPerson{
		{Official: forum.Official{UID: "lim", Name: "임재혁", Department: "road-planning", Duties: []forum.Duty{forum.Operator}}},
		{Official: forum.Official{UID: "cho", Name: "조민규", Department: "road-planning", Duties: []forum.Duty{forum.Head}}},
	}
	if err := c.store.RefreshDirectory(t.Context(), people, []forum.Department{{Code: "road-planning", Name: "도로계획과", NameEn: "Road Planning Division"}}); err != nil {
		t.Fatal(err)
	}
	operators, err := c.store.Officials(t.Context(), forum.Operator, "")
	if err != nil || len(operators) != 1 {
		t.Fatal(operators, err)
	}
	past := forum.PastForum{Status: forum.Open, Lang: "ko", Title: "시청 앞 광장을 어떻게 만들까요?", TitleEn: "What should the square in front of City Hall be like?",
		Summary: "차도로 둘러싸인 시청 앞을 시민의 광장으로 바꾸려고 합니다.", SummaryEn: "The traffic circle in front of City Hall is to become a square.",
		Department: "road-planning", OpensAt: time.Now().AddDate(0, 0, -7), ClosesAt: time.Now().AddDate(0, 0, 30),
		Dossier: []forum.DossierItem{{Kind: forum.Background, Title: "지금의 시청 앞", Body: "하루 수만 대가 지나갑니다."}},
		Opinions: []forum.PastOpinion{{Text: "잔디를 깔아 아이들이 뛰놀게 해 주세요.", Pseudonym: "느티나무", District: "중구", Lang: "ko",
			At: time.Now().AddDate(0, 0, -2), For: 3, Against: 1}}}
	if open, err = c.store.Import(t.Context(), operators[0], past); err != nil {
		t.Fatal(err)
	}
	past.Status, past.OpensAt, past.ClosesAt = forum.Closed, time.Now().AddDate(0, 0, -40), time.Now().AddDate(0, 0, -1)
	if closed, err = c.store.Import(t.Context(), operators[0], past); err != nil {
		t.Fatal(err)
	}
	return open, closed
}
