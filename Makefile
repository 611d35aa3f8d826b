# `make` lists the targets. Everything works from a fresh clone with the Swift toolchain alone; only the
# measurements, bench and plot, need Python 3 too.
# SPDX-License-Identifier: Apache-2.0

SWIFT ?= swift
PREFIX ?= /usr/local
RELEASE = .build/release/lstmzip
# The program without Swift's shared libraries has a build folder of its own: all modules differ.
STATIC = .build/static
# Folder of the standard corpora, made by corpus/fetch; without it checks that need it are skipped.
CORPORA ?=
# What plot measures, and a table of programs measured elsewhere (see Benchmarks/plot) or nothing.
FILES ?= corpus/samples/*
EXTRA ?=

.PHONY: help
help:
	@echo "make demo       build, then compress and restore a sample and compare it with zlib"
	@echo "make test       the tests (some minutes)"
	@echo "make check      lint, the tests, the long tests; CORPORA=FOLDER adds the standard corpora"
	@echo "make tools      use the program from file, tar, find and others that are installed"
	@echo "make kills      end the program at random moments by signals, and look at what is left"
	@echo "make fuzz       compress damaged containers and restore damaged archives; part of check"
	@echo "make build      build the program: $(RELEASE)"
	@echo "make static     the same without Swift's shared libraries, stripped: $(STATIC)/lstmzip"
	@echo "make bench      measure the corpus, and the peers that are installed"
	@echo "make numerics   write the tables of docs/NUMERICS.md that follow from the sources"
	@echo "make plot       draw ratio against speed: docs/frontier.svg; FILES=... RUNS=N EXTRA=TABLE"
	@echo "make lab        run the experiments of docs/RECURRENT.md and draw their pictures again"
	@echo "make install    install the program, its manual and its completions under PREFIX ($(PREFIX))"
	@echo "make uninstall  remove all of that again"
	@echo "make deb        make a Debian package of the static program: .build/lstmzip_*.deb"
	@echo "make check-deb  install it in a clean chroot, and use it"
	@echo "make dist       pack the sources: .build/lstmzip.tar.gz"
	@echo "make manual     write the tables of options of docs/CLI.md"
	@echo "make format     format the sources"
	@echo "make clean      remove what was built"

# Installs zlib's header and pkg-config where they are missing and this may be done, else names them.
.PHONY: setup
setup:
	@command -v $(SWIFT) > /dev/null || { \
	  echo "The Swift toolchain is missing: see https://www.swift.org/install" >&2; exit 1; }
	@scripts/install-zlib

.PHONY: build
build: setup
	$(SWIFT) build -c release --product lstmzip

.PHONY: static
static: setup
	$(SWIFT) build -c release --product lstmzip --static-swift-stdlib --scratch-path $(STATIC)
	strip -o $(STATIC)/lstmzip $(STATIC)/release/lstmzip
	@echo "$(STATIC)/lstmzip: $$(wc -c < $(STATIC)/lstmzip) bytes"

.PHONY: demo
demo: build
	@set -e; work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	cp corpus/samples/essay.txt "$$work/"; cd "$$work"; \
	program="$(CURDIR)/$(RELEASE)"; \
	echo '$$ lstmzip compress essay.txt'; "$$program" compress -v essay.txt; \
	echo '$$ lstmzip decompress -o restored.txt essay.txt.lstm'; \
	"$$program" decompress -v -o restored.txt essay.txt.lstm; \
	cmp essay.txt restored.txt; echo 'restored.txt equals essay.txt'; \
	echo '$$ lstmzip bench essay.txt'; "$$program" bench essay.txt

.PHONY: test
test: build
	corpus/check $(RELEASE)
	Tests/Golden/check $(RELEASE)
	LSTMZIP_TEST_BINARY="$(CURDIR)/$(RELEASE)" $(SWIFT) test

.PHONY: lint
lint:
	scripts/licence-lines --check
	$(SWIFT) format lint --strict --recursive --parallel \
	  Package.swift Sources Tests Benchmarks

# What people use the program with; says what is not installed.
.PHONY: tools
tools: build
	Tests/tools/check $(RELEASE)

# Ends the program at random moments, 300 times.
.PHONY: kills
kills: build
	Tests/kills/check $(RELEASE)

# Damaged containers come back, and damaged archives of them do no harm.
.PHONY: fuzz
fuzz: setup
	$(SWIFT) run -c release fuzz-containers 10000

.PHONY: check
check: lint build tools kills fuzz
	corpus/check $(RELEASE) $(CORPORA)
	LSTMZIP_LONG_TESTS=1 Tests/Golden/check $(RELEASE)
	Tests/cross/check --accuracy
	LSTMZIP_TEST_BINARY="$(CURDIR)/$(RELEASE)" LSTMZIP_LONG_TESTS=1 $(SWIFT) test

# The tables of docs/NUMERICS.md that follow from the sources; `make test` compares them.
.PHONY: numerics
numerics:
	LSTMZIP_UPDATE_DOCUMENTS=1 $(SWIFT) test --filter NumericsTablesTests

.PHONY: bench
bench: build
	Benchmarks/compare $(RELEASE) corpus/samples/*
	$(SWIFT) run -c release kernel-benchmark

.PHONY: plot
plot: build
	Benchmarks/compare $(RELEASE) $(FILES) > .build/frontier.tsv
	Benchmarks/plot .build/frontier.tsv docs/frontier.svg $(if $(EXTRA),--extra "$(EXTRA)")

.PHONY: lab
lab: setup
	$(SWIFT) run -c release lstm-lab all docs/recurrent

.PHONY: install
install: build
	scripts/install-program $(RELEASE) "$(DESTDIR)$(PREFIX)"

.PHONY: uninstall
uninstall:
	scripts/install-program --remove "$(DESTDIR)$(PREFIX)"

.PHONY: deb
deb: static
	scripts/make-deb $(STATIC)/lstmzip .build

# Installs the package in a clean chroot, uses it and removes it; needs root and debootstrap.
.PHONY: check-deb
check-deb: deb
	Tests/package/check .build/*.deb

# The sources as they are committed.
.PHONY: dist
dist:
	git archive --format=tar --prefix=lstmzip/ HEAD | gzip -9n > .build/lstmzip.tar.gz

# The tables of options of docs/CLI.md; the tests compare them with --help.
.PHONY: manual
manual: build
	scripts/update-manual $(RELEASE) docs/CLI.md

.PHONY: format
format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

.PHONY: clean
clean:
	rm -rf .build
