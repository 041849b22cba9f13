# The two commands of the README, and what stands behind them. Each target does its own set-up.

SWIFT ?= swift
# A Swift runtime inside the executables: a worker then starts in a third of the time and its view of the file system needs no Swift libraries.
RELEASE = -c release --static-swift-stdlib
OUTPUT ?= sheet.png

.PHONY: demo test test-user bench format lint setup clean soak

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

bench: setup
	$(SWIFT) build $(RELEASE) --product mage-bench
	$(SWIFT) build $(RELEASE) --product hostile-worker
	$(SWIFT) build $(RELEASE) --product mage-launcher
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/mage-bench" $(BENCH)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Examples Benchmarks

# Installs the system libraries that are missing, or says how.
setup:
	@Scripts/setup

clean:
	$(SWIFT) package clean
