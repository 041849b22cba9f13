# The two commands of the README, and what stands behind them. Each target does its own set-up.

SWIFT ?= swift
# A Swift runtime inside the executables: a worker then starts in a third of the time and its view of the file system needs no Swift libraries.
RELEASE = -c release --static-swift-stdlib
OUTPUT ?= sheet.png

.PHONY: demo test test-user bench docs format lint setup clean soak fuzz mutate asan tsan valgrind analyze torture traps looks

demo: setup
	$(SWIFT) build $(RELEASE) --product demo-host
	$(SWIFT) build $(RELEASE) --product demo-worker
	$(SWIFT) build $(RELEASE) --product mage-launcher
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/demo-host" --output $(OUTPUT)

# As the user who calls it, and, when that is root, again as one who is not.
test: setup
	Scripts/test

# The attacks and fuzzers that take long.
soak: setup
	MAGE_SOAK=1 Scripts/test
	Scripts/docs
	Scripts/test-container mage doctor
	Scripts/test-container demo-host Examples/Samples --output /tmp/sheet.png
	$(MAKE) torture SECONDS=600
	$(MAKE) fuzz SECONDS=1800

# A live host under attack, optimized; SEED repeats a run.
torture: setup
	$(SWIFT) build $(RELEASE) --product mage
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/mage" torture --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1)

# The tests that start no sandbox, under a sanitizer: its runtime cannot live in a sealed worker.
asan: setup
	Scripts/sanitize address

tsan: setup
	Scripts/sanitize thread

# The C between clone and exec, and the launcher's, on requests that no host makes.
valgrind: setup
	Scripts/valgrind

# Every place in a host's modules that could trap has a reason why no worker reaches it; a new one needs a person to look at it.
traps:
	Scripts/traps

# Code that nobody uses, and code that is there twice.
looks:
	Scripts/looks

# The compiler's analyzer over the C.
analyze:
	Scripts/analyze

# Each fuzzer for SECONDS with the address sanitizer; TARGET is one of them (Scripts/fuzz lists them).
fuzz: setup
	Scripts/fuzz $(or $(SECONDS),60) $(TARGET)

# Takes out each check of the message decoder and makes sure that a vector notices.
mutate: setup
	Scripts/mutate

# Measures beside floors and peers, which it installs and builds: BENCH=spawn the rows whose names begin so, ROUNDS=9 each of them nine times.
bench: setup
	Scripts/peers $(BENCH)
	for product in mage-bench bench-worker broker-opener floor-process hostile-worker static-worker mage magen mage-launcher; do \
		$(SWIFT) build $(RELEASE) --product $$product || exit 1; done
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/mage-bench" --save --rounds $(or $(ROUNDS),5) $(BENCH)

# The reference of every library, without a warning.
docs: setup
	Scripts/docs

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks Fuzz
	Scripts/analyze

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Examples Benchmarks Fuzz

# Installs the system libraries that are missing, or says how.
setup:
	@Scripts/setup

clean:
	$(SWIFT) package clean
