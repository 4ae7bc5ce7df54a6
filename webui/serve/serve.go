// Package serve wires the web process: the store, the directory, the Conductor, and two listeners that know nothing of each
// other's routes.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/sdk/client"

	"acropolis/integrations/attachment"
	"acropolis/integrations/excel"
	"acropolis/integrations/gateway"
	"acropolis/integrations/ics"
	"acropolis/integrations/ldap"
	"acropolis/integrations/postgres"
	"acropolis/integrations/temporal"
	"acropolis/webui/office"
	"acropolis/webui/page"
	"acropolis/webui/public"
)

// Settings of the web process.
type Settings struct {
	Store     postgres.Settings
	Temporal  temporal.Settings
	Directory ldap.Settings
	Gateway   gateway.Settings
	Public    string   `env:"PUBLIC_LISTEN" default:"127.0.0.1:8080" help:"where citizens are served, as host:port"`
	Office    string   `env:"OFFICE_LISTEN" default:"127.0.0.1:8081" help:"where staff are served, as host:port"`
	PublicURL string   `env:"PUBLIC_URL" default:"http://127.0.0.1:8080" help:"where citizens find the public site, for feeds"`
	CityName  string   `env:"CITY_NAME" default:"서울특별시" help:"the city's name in Korean"`
	CityEn    string   `env:"CITY_NAME_EN" default:"Seoul" help:"the city's name in English"`
	CityZh    string   `env:"CITY_NAME_ZH" default:"首尔特别市" help:"the city's name in Chinese"`
	CityJa    string   `env:"CITY_NAME_JA" default:"ソウル特別市" help:"the city's name in Japanese"`
	Masthead  bool     `env:"OFFICIAL_MASTHEAD" help:"show the band of an official government site; only for one"`
	Secure    bool     `env:"SECURE_COOKIES" help:"the sites are served over TLS: Secure cookies, HSTS"`
	Proxies   []string `env:"TRUSTED_PROXIES" help:"addresses of proxies whose X-Forwarded-For is believed; nobody's by default"`
	Embedders []string `env:"EMBED_ORIGINS" help:"origins whose pages may show a topic's banner in a frame, as https://www.seoul.go.kr; nobody's by default"`
	Pressure  int      `env:"PRESSURE_WRITES" default:"600" help:"writes a minute on one forum, by people without a confirmed address, from which on each of them solves a small task first; 0: only where an official says so"`
	Numbers   int      `env:"CHALLENGE_NUMBERS" default:"100000" help:"how many numbers such a task has to try; 100000 take a phone under a second"`
	Most      int      `env:"FORUM_WRITES" help:"writes a minute, by anybody, that one forum takes at most; default: any number"`
}

// drain is how long requests under way may take to end.
const drain = 10 * time.Second

// Run serves both sites until ctx ends, then lets the requests under way finish. The database must be migrated: it waits a
// while for the worker to do so.
func Run(ctx context.Context, s Settings, log *slog.Logger) error {
	gin.SetMode(gin.ReleaseMode)
	store, err := postgres.Open(ctx, s.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := awaitMigrated(ctx, store); err != nil {
		return err
	}
	directory, err := ldap.New(s.Directory)
	if err != nil {
		return err
	}
	c, err := temporal.DialLazily(s.Temporal, log)
	if err != nil {
		return err
	}
	defer c.Close()
	writer := postgres.NewWriter(store)
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		writer.Close(ctx)
	}()
	cache, watched := watchedCache(ctx, store, log)
	defer watched.Wait()
	watched.Go(func() { tally(ctx, store, log) })
	public, office, others, err := handlers(s, store, writer, directory, c, cache, log)
	if err != nil {
		return err
	}
	watched.Go(func() { others.run(ctx) })
	return listen(ctx, log, map[string]http.Handler{s.Public: public, s.Office: office})
}

// watchedCache is the memory of pages, and the watch that keeps it true until ctx ends.
func watchedCache(ctx context.Context, store *postgres.Store, log *slog.Logger) (*page.Cache, *sync.WaitGroup) {
	cache := page.NewCache()
	watch := postgres.NewWatch(store, cache.Forget, log)
	cache.MayBeUsed(watch.Fresh)
	var watching sync.WaitGroup
	watching.Go(func() { watch.Run(ctx) })
	return cache, &watching
}

// tallyEvery is how old shown counts get.
const tallyEvery = time.Second

// tally keeps the shown counts and the search up to date also while no worker runs; one process at a time does it.
func tally(ctx context.Context, store *postgres.Store, log *slog.Logger) {
	tick := time.NewTicker(tallyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := errors.Join(store.Tally(ctx), store.IndexOpinions(ctx)); err != nil && ctx.Err() == nil {
				log.Warn("tally", "error", err)
			}
		}
	}
}

func awaitMigrated(ctx context.Context, store *postgres.Store) error {
	var err error
	for range 100 {
		if err = postgres.CheckMigrated(ctx, store.Pool()); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
	return fmt.Errorf("the worker hasn't migrated the database: %w", err)
}

// handlers makes the two sites.
func handlers(s Settings, store *postgres.Store, writer *postgres.Writer, directory *ldap.Client, c client.Client, cache *page.Cache, log *slog.Logger) (http.Handler, http.Handler, *exchange, error) {
	if err := page.CheckOrigins(s.Embedders); err != nil {
		return nil, nil, nil, err
	}
	signIn, err := signInOf(s)
	if err != nil {
		return nil, nil, nil, err
	}
	city := map[string]string{"ko": s.CityName, "en": s.CityEn, "zh": s.CityZh, "ja": s.CityJa}
	conductor := recording{store: store, conductor: &temporal.Conductor{Client: c}}
	publicSite, err := page.New(page.Options{Audience: page.Public, Templates: public.Templates(), CityName: city,
		Menu: func(*gin.Context) []page.Link { return public.Menu }, OfficialMasthead: s.Masthead, Secure: s.Secure,
		TrustedProxies: s.Proxies, SignInPath: "/sign-in", Cache: cache, Logger: log})
	if err != nil {
		return nil, nil, nil, err
	}
	citizens := publicSite.Engine()
	citizen := public.New(publicSite, public.Options{Store: store, Writer: writer, Decider: conductor, Gateway: signIn, Origins: store.OriginSecret(), OriginDays: store.OriginDays(),
		Secure: s.Secure, Address: s.PublicURL, Embedders: s.Embedders, Challenges: store.ChallengeSecret(), Numbers: s.Numbers, Pressure: s.Pressure, Most: s.Most})
	publicSite.Mount(citizens, public.Routes(citizen), citizen.Before)

	officeSite, err := page.New(page.Options{Audience: page.Office, Templates: office.Templates(), CityName: city,
		Menu: office.Menu, Secure: s.Secure, TrustedProxies: s.Proxies, SignInPath: "/login", Logger: log, Timeout: 30 * time.Second})
	if err != nil {
		return nil, nil, nil, err
	}
	sessions := staffSessions(store, s.Secure)
	staff := officeSite.Engine()
	desk := office.New(officeSite, office.Options{Store: store, Directory: logins{directory: directory, store: store}, Conductor: conductor,
		Workbook: &excel.Books{Source: store}, Sessions: sessions, Vitals: conductor, Rehearsals: newRehearsals(store), CalendarFile: ics.Holidays, Inspect: attachment.Inspect,
		Districts: districts(), Address: s.PublicURL, Gateway: signIn != nil, Embedders: s.Embedders, Log: log})
	officeSite.Mount(staff, office.Routes(desk), desk.Guard)
	others := &exchange{store: store, sites: []*page.Site{publicSite, officeSite}, citizens: citizen, log: log}
	return page.Head(citizens), page.Head(sessions.LoadAndSave(staff)), others, nil
}

// listen serves each handler at its address until ctx ends or one of them fails.
func listen(ctx context.Context, log *slog.Logger, handlers map[string]http.Handler) error {
	failed := make(chan error, len(handlers))
	var servers []*http.Server
	for address, handler := range handlers {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
			MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
		servers = append(servers, server)
		go func() { failed <- server.Serve(listener) }()
		log.Info("serving", "address", address)
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(ctx))
	}
	return err
}
