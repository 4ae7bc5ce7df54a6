# Everything that this project does, as commands. `make` alone tells which there are.
GO      ?= go
EXT     := webui/page/ext
DATA    ?= .acropolis
INPUT   ?=
OUT     ?= out

.PHONY: help demo journey test kills lost storm waiting rehearsal growth brigade replay bench crowded fire histories lint pictures assets postgres browser clean

help: ## tell what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: postgres assets ## the demo city in one process: prints addresses and logins, stays until Ctrl-C
	$(GO) build -o bin/standalone ./standalone
	./bin/standalone -data $(DATA)

journey: postgres assets ## one forum's whole life over HTTP; INPUT=opinions.csv OUT=dir
	$(GO) run ./standalone journey $(if $(INPUT),-input $(INPUT)) -out $(OUT)

test: postgres assets browser ## all tests, the race detector on what doesn't link the Temporal server
	./scripts/test

kills: postgres ## kill -9 of the worker before and after every activity of the journey; five of them are in make test
	$(GO) test ./e2e -run TestWorkerKilledAtEveryActivity -kills=all -parallel 4 -count=1 -timeout 5h -v

lost: postgres ## lose Temporal's databases in the mid-life of 200 forums
	$(GO) test ./e2e -run TestTemporalsDatabasesAreLost -lost=200 -count=1 -timeout 30m -v

storm: postgres ## close 1,000 forums in one instant
	$(GO) test ./e2e -run TestForumsThatCloseInOneInstant -storm=1000 -count=1 -timeout 30m -v

waiting: postgres ## let 10,000 forums wait: memory, database, and how long a Sweep over them takes
	$(GO) test ./e2e -run TestManyForumsWait -waiting=10000 -count=1 -timeout 60m -v

rehearsal: postgres ## rehearse a forum with a board of 90 days, then live it in the real city, a day in 2 s (6 minutes)
	$(GO) test ./e2e -run TestRealCityFollowsItsRehearsal -board=90 -day=2s -count=1 -timeout 30m -v

growth: postgres ## compare the histories of forums with 10 and with 100,000 opinions
	$(GO) test ./e2e -run TestHistoryDoesNotGrowWithOpinions -opinions=100000 -count=1 -timeout 60m -v

brigade: ## attack boards of real votes in five ways, fifty times each: who is found, and who is suspected wrongly (10 minutes)
	$(GO) test ./forum/analysis -run TestBrigade -brigade=50 -count=1 -timeout 5h -v

replay: postgres ## cast every vote of two real conversations once more, over HTTP: what is shown is what the sets say (ACROPOLIS_DATA)
	$(GO) test ./e2e/square -run TestReal -replay -count=1 -timeout 60m -v

bench: postgres ## what the citizens' square takes through HTTP, beside single INSERTs (5 minutes, the machine to itself)
	$(GO) test ./e2e/square -run '^$$' -bench Square -benchtime 1x -count=1 -timeout 30m

crowded: postgres ## how long a board of 100,000 opinions lets its readers wait, beside one of 1,000
	$(GO) test ./e2e/square -run '^$$' -bench CrowdedBoard -benchtime 1x -count=1 -timeout 30m

fire: postgres ## ten minutes of posts, votes and reads while web processes and PostgreSQL are killed, ten times each
	$(GO) test ./e2e/square -run TestNothingAcknowledgedIsLost -under-fire=10m -strikes=10 -count=1 -timeout 30m -v

histories: postgres ## record the procedures' histories anew (docs/changing-a-procedure.md)
	$(GO) test ./e2e -run TestRecordHistories -record -count=1 -v

lint: ## gofmt, vet and golangci-lint where it is installed
	@test -z "$$(gofmt -s -l $$(git ls-files '*.go'))" || { gofmt -s -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint isn't installed: see .golangci.yml"; fi

pictures: postgres assets browser ## take README's pictures anew from the running demo city
	$(GO) test ./e2e -run TestDemoCityIsAlive -count=1 -pictures

assets: $(EXT)/.done ## fonts and design tokens, by npm

$(EXT)/.done: package.json package-lock.json
	@./scripts/need node
	npm ci --ignore-scripts --no-audit --no-fund --silent
	npm run --silent assets
	@touch $@

postgres: ## PostgreSQL's binaries: installs them where it can, else says what to install
	@./scripts/need postgres

browser: ## Chromium, slapd and LibreOffice, which the tests drive
	@./scripts/need browser slapd office

clean: ## forget the demo city and what was built
	rm -rf bin out $(DATA)
