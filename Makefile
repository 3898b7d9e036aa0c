# make help lists the targets.

VERIFY_TIME ?= 2m
VERIFY_SEED ?= 1
RUN         ?=
FUZZTIME    ?= 30s
MUTANT      ?=
ANEW        ?=
STRATEGIES  ?= dfs:2,search:1,dpor,random,pct:2,pct:3,pos,urw,mixture,portfolio
SEEDS       ?= 20
BENCH       ?= .
PKG         ?= ./buffer
COUNT       ?= 6
BASE        ?= HEAD
RUNS        ?= 20
ARGS        ?=
ROUNDS      ?= 7
SAMPLE      ?= 50ms
ONLY        ?=
QUICK       ?=

GO    ?= go
# The engine would spend most of the time on minimising what reaches new code.
FUZZ  := $(GO) test -vet=off -run '^$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 1x -fuzz
TOOL  := $(GO) tool -modfile=tools.mod
# make check vets, and make quick. Nothing is taken from the cache of results: it does not
# see what tests hand to the go command.
TEST  := $(GO) test -count=1 -vet=off -timeout 1h -json
SHOWN := awk -f .ci/progress.awk
# Searches that take long, and look at nothing that depends on the machine or on real
# threads. make test runs them; make quick, race and cross do not.
SLOW  := TestNoticedRoundsAreNotParked TestFailureClasses TestShardsAreTheWhole TestShardsDivideTheWork TestEveryFailureReplaysFromItsText TestTheSearchKeepsItsHalfUnlessItFindsMuchLess TestReductionLosesNoHistory TestReductionWouldLoseNoOutcome TestSuiteReachesEveryOutcome TestEveryStateOfSmallRings TestDecodeExecutionUsesItsInput TestVariablesAllocateNothingInSteadyState TestSpinningIsExhausted TestSpinningForEverIsALivelock TestCitedStepsHaveRows TestReadingSchedulesIsBounded TestParseScheduleNamesTheLine TestScheduleThatIsTooLongIsNotWritten TestLongHistoriesAreJudged
# Searches in which one task runs at a time: the race detector, under which they take ten
# times as long, has nothing to see in them. make race leaves them out, too.
ALONE := TestChannelClasses TestLoopsThatLookAtTheClock TestChannelsKeepOutcomes TestTimeKeepsOutcomes TestReductionsKeepLeaks TestLoopsKeepOutcomes TestReductionsKeepOutcomes TestReductionsKeepRaces TestTheUniformRandomWalkIsUniform TestCutsStandBesideTheVerdict TestOperationsOfTasksToComeCountForTheirParent TestLivelockShowsWhatIsLookedAt TestFairnessIsNotExhaustion TestProperUseIsNoMisuse TestPOSDecidesEveryRaceAfresh TestSearchEqualsDirectEnumeration
empty :=
but    = -short -skip '^($(subst $(empty) $(empty),|,$(strip $(1))))$$'
BRIEF := $(call but,$(SLOW))
# What one works on; tests of the commands start the go command.
CORE  := ./buffer ./model ./schedules/... ./linearizability ./linearizability/history ./linearizability/scenario ./fuzz ./fuzz/mutants ./docs
# The packages whose tests take longest come first, so that two processors end together.
ALL   := ./schedules ./fuzz ./linearizability ./...
# Tests with rapid, which draw from the same seed every time but in make fuzz.
DRAWS := awk '/^func Test/ { name = $$2; sub(/\(.*/, "", name) } /rapid.Check\(/ { print name }'
# Modules of their own: for what the ring is compared with, and for bugs in ordinary Go.
BESIDE   := buffer/internal/performance
ORDINARY := fuzz/bugs/ordinary
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help install quick check test race versions verify mutants gallery strategies bugs ordinary thirdparty mutate matrix coverage fuzz bench bench-compare performance trace browser cross cover vuln proof clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  VERIFY_TIME=$(VERIFY_TIME) VERIFY_SEED=$(VERIFY_SEED) RUN=<scenario regexp> adjust verify"
	@echo "  ROUNDS=$(ROUNDS) SAMPLE=$(SAMPLE) ONLY=<regexp> QUICK=1 adjust performance"
	@echo "  MUTANT=<name regexp> adjusts mutants, gallery, strategies and matrix, FUZZTIME=$(FUZZTIME) fuzz, RUNS=$(RUNS) proof, BENCH=<regexp> COUNT=$(COUNT) PKG=$(PKG) BASE=$(BASE) bench and bench-compare"

install: ## the command annulus, beside the other commands of Go
	$(GO) install ./linearizability/cmd/annulus

quick: ## what to run after every edit: vet, and the short tests of what one works on
	@$(GO) vet $(CORE)
	@$(GO) test -vet=off $(BRIEF) -json $(CORE) | $(SHOWN)

check: ## formatting, vet, lint, tidy go.mod, modern Go, plain build
	@unformatted=$$(gofmt -l .clusterfuzzlite .ci */); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags annulus_plain ./buffer ./schedules/atomic ./schedules/sync ./schedules/runtime ./schedules/plain
	$(GO) fix -diff ./...
	$(GO) mod tidy -diff
	$(TOOL) staticcheck -checks inherit,-SA2001 ./...
	@for dir in $(BESIDE) $(ORDINARY); do \
		echo "the same in $$dir"; \
		(cd $$dir && $(GO) vet ./... && $(GO) fix -diff ./... && $(GO) mod tidy -diff && \
			$(GO) tool -modfile=$(CURDIR)/tools.mod staticcheck -checks inherit,-SA2001 ./...) || exit 1; \
	done

test: ## all tests
	@$(TEST) $(ALL) | $(SHOWN)
	@(cd $(BESIDE) && $(TEST) ./...) | $(SHOWN)

race: ## the short tests under the race detector, with its checks of pointers (needs a C compiler)
	@CGO_ENABLED=1 $(TEST) -race $(call but,$(SLOW) $(ALONE)) $(ALL) | $(SHOWN)
	@(cd $(ORDINARY) && CGO_ENABLED=1 $(TEST) -race ./*/fixed ./correct/...) | $(SHOWN)

verify: ## explore interleavings of the buffer and judge every history
	$(GO) run ./linearizability/cmd/annulus verify -time $(VERIFY_TIME) -seed $(VERIFY_SEED) $(if $(RUN),-run '$(RUN)')

mutants: ## break the buffer on purpose, one edit at a time; every edit must be noticed
	$(GO) run ./fuzz/cmd/lab mutants $(if $(MUTANT),-run '$(MUTANT)')

gallery: ## replay what docs/traces shows, find anew what fails no more (ANEW=1: all), write the pages
	$(GO) run ./fuzz/cmd/lab gallery $(if $(ANEW),-anew) $(if $(MUTANT),-run '$(MUTANT)')

strategies: ## compare STRATEGIES on the mutants with SEEDS seeds; rewrites the tables of docs/strategies.md
	$(GO) run ./fuzz/cmd/lab strategies -strategies '$(STRATEGIES)' -seeds $(SEEDS) $(if $(MUTANT),-run '$(MUTANT)',-into docs/strategies.md)

bugs: ## bugs of other projects, by each strategy with SEEDS seeds; rewrites the tables of docs/bugs.md
	$(GO) run ./fuzz/cmd/lab bugs -seeds $(SEEDS) -into docs/bugs.md
	$(MAKE) ordinary

ordinary: ## bugs of other projects in ordinary Go, as it is; rewrites their tables in docs/bugs.md
	$(GO) run ./fuzz/cmd/lab ordinary -into docs/bugs.md

thirdparty: ## tests that others have written, as they are (fetches modules); rewrites their tables in docs/third-party.md
	$(GO) run ./fuzz/cmd/lab thirdparty -into docs/third-party.md

mutate: ## general slips in buffer and model, continued where the last run ended; rewrites the tables of docs/mutation.md
	$(GO) run ./fuzz/cmd/lab mutate -procs 2 -into docs/mutation.md

matrix: ## every judge and every strategy on every mutant, continued where the last run ended; rewrites the tables of docs/matrix.md
	$(GO) run ./fuzz/cmd/lab matrix $(if $(MUTANT),-run '$(MUTANT)',-into docs/matrix.md)
	$(MAKE) strategies

coverage: ## conditions, moves and pairs of steps of the buffer; rewrites the tables of docs/coverage.md
	$(GO) run ./fuzz/cmd/lab coverage -into docs/coverage.md

fuzz: ## each native fuzz target for FUZZTIME, and the tests that draw, from a random seed
	@seed=$$(date +%s); for dir in ./model ./schedules/trace ./linearizability ./linearizability/history ./linearizability/scenario ./fuzz; do \
		tests=$$(cat $$dir/*_test.go | $(DRAWS) | paste -sd '|'); \
		echo "$(GO) test -count=1 -run '^($$tests)$$' $$dir -rapid.seed=$$seed"; \
		$(GO) test -count=1 -vet=off -run "^($$tests)\$$" $$dir -rapid.seed=$$seed || exit 1; \
	done
	$(FUZZ) '^FuzzSequential$$' ./fuzz
	$(FUZZ) '^FuzzRefs$$' ./fuzz
	$(FUZZ) '^FuzzParsers$$' ./fuzz
	$(FUZZ) '^FuzzSchedule$$' ./fuzz
	$(FUZZ) '^FuzzParseSchedule$$' ./schedules
	$(FUZZ) '^FuzzLoadReport$$' ./schedules
	$(FUZZ) '^FuzzParseProgram$$' ./linearizability/scenario
	$(FUZZ) '^FuzzLoadVerification$$' ./linearizability
	$(FUZZ) '^FuzzRead$$' ./schedules/trace
	$(FUZZ) '^FuzzSet$$' ./schedules/internal/distinct
	$(FUZZ) '^FuzzHistory$$' ./linearizability/history
	$(FUZZ) '^FuzzReadHistory$$' ./linearizability/history
	$(FUZZ) '^FuzzVerdicts$$' ./linearizability

bench: ## benchmarks of PKG (./buffer); BENCH=<regexp> COUNT=<runs>
	@mkdir -p .annulus
	$(GO) test -run '^$$' -bench '$(BENCH)' -count $(COUNT) $(PKG) | tee .annulus/bench.txt
	$(TOOL) benchstat .annulus/bench.txt

bench-compare: ## the same here and at BASE=<rev>, in turns, and what has changed
	.ci/bench-compare '$(BASE)' $(PKG) '$(BENCH)' $(COUNT)

performance: ## compare the ring with others, in ROUNDS rounds of samples of SAMPLE; rewrites the figures of docs/performance.md (ONLY=<regexp> or QUICK=1: into .annulus/performance)
	@mkdir -p .annulus
	cd $(BESIDE) && $(GO) run . -rounds $(ROUNDS) -time $(SAMPLE) -only '$(ONLY)' $(if $(QUICK),-quick) -page $(CURDIR)/docs/performance.md \
		-out $(CURDIR)/$(if $(ONLY)$(QUICK),.annulus/performance,docs) -data $(CURDIR)/.annulus/performance.json

trace: ## break the buffer with one mutant (MUTANT=<name>) and show the trace
	$(GO) run ./fuzz/cmd/lab mutants -v -run '$(or $(MUTANT),^reserve-without-lock$$)'

browser: ## the page of a trace in Chromium, which must be installed; ARGS='-axe FILE' adds axe-core
	cd schedules/trace/browser && $(GO) vet . && $(GO) test -count=1 . $(ARGS)

OLDER ?= go1.25.5
versions: ## annulus test with the older version of Go, and for arm64 where qemu-user is installed
	GOTOOLCHAIN=$(OLDER) $(TEST) -run 'TestOrdinary|README|Overlay' ./schedules/overlay ./linearizability/cmd/annulus | $(SHOWN)
	@if command -v qemu-aarch64 >/dev/null; then \
		$(GO) build -o .annulus/annulus ./linearizability/cmd/annulus && cd docs/unmodified && \
		GOARCH=arm64 GOFLAGS=-exec=qemu-aarch64 ../../.annulus/annulus test -json | grep -q '"class":"panic"' && echo 'arm64: found what amd64 finds'; \
	else echo 'arm64: not run, for want of qemu-aarch64'; fi

cross: ## the short tests on 32 bits; type-check for other systems, vet what is there for them only
	@GOARCH=386 $(TEST) $(BRIEF) ./buffer/... ./model/... ./schedules/... ./linearizability/... ./fuzz/... | $(SHOWN)
	$(GO) run .ci/typecheck.go linux/arm64 linux/riscv64 darwin/arm64 darwin/amd64 windows/amd64 windows/386 freebsd/amd64 openbsd/amd64 netbsd/amd64 dragonfly/amd64 js/wasm
	@for t in windows/amd64 js/wasm; do \
		export GOOS=$${t%/*} GOARCH=$${t#*/}; \
		(cd buffer && $(GO) vet $$($(GO) list -f '{{join .GoFiles " "}}' .)) || exit 1; \
		echo "vetted: ./buffer for $$t"; \
	done

cover: ## statement coverage of each package
	$(GO) test -cover ./...

vuln: ## known weaknesses of what the module uses (asks vuln.go.dev)
	$(TOOL) govulncheck ./...

proof: ## all tests RUNS times in a copy without .git, in turn with one processor and under six busy loops
	.ci/proof $(RUNS)

clean: ## remove what verify, mutants and bench have written
	rm -rf .annulus
