# Everything here can be run by hand too; the binary has more options (bin/onceover --help).
# make turns every failure into its own exit code 2. Where the code matters, call the binary,
# or read gate.exit_code in results.json.

GO      ?= go
ONCEOVER = bin/onceover
ARGS    ?=

# The program needs no C, and then runs where nothing else is. The race detector does: CGO_ENABLED=1.
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help build chaos explore truth test verify-models image images vet lint bench bench-memory clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/onceover
	$(GO) build -o $(ONCEOVER) .

chaos: build ## judge the lock strategies on real servers (ARGS="--strategy set-nx --runs 10")
	$(ONCEOVER) chaos $(ARGS)

explore: build ## search the simulated world: every strategy, every scenario, and the known mistakes
	$(ONCEOVER) explore --all --budget 3s $(ARGS)
	$(ONCEOVER) explore --defects
	$(ONCEOVER) explore --trials --budget 20s

# The gates of the two (1, 3) do not end it: truth has the last word. Any other failure does, since truth
# would read the results of an earlier start. SEED=7 repeats.
settled = || case $$? in 1|3) ;; *) exit 1;; esac
truth: SEED := $(or $(SEED),$(shell date +%s))
truth: build ## settle every cell in both worlds, and compare with what was predicted (SEED=7 repeats)
	$(ONCEOVER) explore --all --budget 1s --seed $(SEED) --out truth-out/simulated $(settled)
	$(ONCEOVER) chaos --all --runs 1 --seed $(SEED) --out truth-out/live $(settled)
	$(ONCEOVER) report truth-out/simulated truth-out/live --out truth-out/report $(settled)
	$(ONCEOVER) truth truth-out/simulated truth-out/live

# What searches the simulated world, or compiles, makes much garbage and keeps little: a quarter less time.
test vet lint: export GOGC ?= 400

# testcontainers looks at every process of the machine whenever a program that has it starts, and tests start
# thousands. Where it finds none it does without: a sixth of a start.
test: export HOST_PROC ?= /nowhere

# Without debug data, which no test needs, linking takes a third less time.
test: build ## all tests; those that need real servers or a browser run where there is one
	@$(ONCEOVER) images --missing
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT && \
	if ONCEOVER_LIVE_LOG="$$log" $(GO) test -timeout 18m -ldflags=-w $(ARGS) ./...; then status=0; else status=1; fi; \
	echo "$$(grep -c '^ran' "$$log") tests ran against real servers, $$(grep -c '^in a browser' "$$log") in a real browser"; \
	if grep -q '^left out' "$$log"; then \
		echo "LEFT OUT, for want of a Docker engine, a program ($(ONCEOVER) doctor) or a browser (chromium):"; sort -u "$$log" | sed -n 's/^left out/ /p'; \
		echo "To run them: a Docker engine that $(ONCEOVER) doctor finds; on Debian: apt-get install python3-redis python3-pymysql python3-cryptography php-cli php-redis php-mysql ruby ruby-redis ruby-mysql2 chromium"; \
	fi; exit $$status

# What is compared is drawn anew each time. Each class of differences is one line, and both models are compared whatever the first gives.
SEED := $(or $(SEED),$(shell date +%s))
verify-models: build ## compare the models with real servers on random input that nobody has seen (SEED=7 repeats)
	@$(ONCEOVER) images --missing
	@echo "seed $(SEED)"; totals=$$(mktemp) && trap 'rm -f "$$totals"' EXIT; status=0; \
	$(GO) test ./sim/redismodel -count=1 -timeout 60m -v -run '^TestModelAnswersAsARealServer$$' -verify=100000 -totals="$$totals" -rapid.seed=$(SEED) $(ARGS) || status=1; \
	$(GO) test ./sim/mysqlmodel -count=1 -timeout 60m -v -run '^TestModelAnswersAsMySQLDoesAtRandom$$' -verify=500 -totals="$$totals" -rapid.seed=$(SEED) $(ARGS) || status=1; \
	echo; cat "$$totals"; \
	if [ $$status = 1 ]; then echo "One run of a class, made small: the same go test without -verify, with -rapid.checks=1 -rapid.seed=SEED"; fi; \
	echo "All of it again: make verify-models SEED=$(SEED)"; exit $$status

image: ## the image onceover, of the program alone, for a cluster (.ci/kubernetes.yml, .ci/swarm.yml)
	GOOS=linux $(GO) build -o bin/linux/onceover .
	docker build --tag onceover --file .ci/Dockerfile bin/linux

images: build ## build the Redis and MySQL images from Debian packages
	$(ONCEOVER) images

vet: ## formatting, vet, tidy modules
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) mod tidy -diff

lint: vet ## what vet looks at, and staticcheck, workflows, manifests
	$(GO) tool staticcheck ./...
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	cd .ci/manifests && $(GO) mod tidy -diff && $(GO) test .

bench: ## the benchmarks; compare ratios within one run
	$(GO) test -run '^$$' -bench . -timeout 40m $(ARGS) ./...

bench-memory: ## the most memory that a load of ten million rows takes
	$(GO) test -run '^$$' -bench '^BenchmarkMemory$$' -timeout 40m $(ARGS) . -memory-rows=10000000

clean: ## remove what was built and found
	rm -rf bin chaos-out explore-out truth-out
