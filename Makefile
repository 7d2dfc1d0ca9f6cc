# make serve   builds and starts the console on https://127.0.0.1:8443        (ARGS="--listen …" goes to certdeck serve)
# make package a Debian package for this machine's architecture, in target/package
# make reproducible   builds the package in another directory as well, and compares every octet
# make test    all tests: units on both targets, end to end, browser, faults
# make check   format, lints, documentation, licences, size of the page
# make bench   the measures, side by side with certutil and the JavaScript parsers
# make fuzz    each fuzz target for a minute, the frames of workers, and REST by its own description  (SECONDS_EACH=60)
#              what was reached is kept by .ci/corpora keep, to be committed
# make kills   kills server, workers, executor and their programs under load   (KILLS=1000; CERTDECK_SEED=… for the same instants again)
# make test-debian13   the tests with daemons once more, with those of Debian 13  (ARGS=… goes to the tests)
# Each installs what it needs and is missing, into .tools where it is not a Debian package; see .ci/setup.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
export INSTA_UPDATE := no
export PATH := $(CURDIR)/.tools/cargo/bin:$(CURDIR)/.tools/npm/node_modules/.bin:$(PATH):$(HOME)/.cargo/bin

SECONDS_EACH ?= 60
KILLS ?= 1000
phase := .ci/phase
page_sources := $(shell find frontend shared/src style -newer dist/index.html 2>/dev/null || echo missing)

.PHONY: serve build page package reproducible test test-debian13 check bench fuzz kills setup setup-tests setup-page setup-deny clean backend-first fetch FORCE

serve: build
	exec target/release/certdeck serve $(ARGS)

# The first time the back end compiles while the page links, which keeps one core only.
build: setup
	$(MAKE) --no-print-directory -j2 page backend-first
	cargo build --release --locked --quiet -p certdeck

backend-first: setup
	@[ -x target/release/certdeck ] || env -u MAKEFLAGS -u MFLAGS nice cargo build --release --locked -p certdeck || true

page: setup-page fetch dist/index.html

# The server in a directory of its own, because other flags make cargo build all anew. Crates that put the dates of files into a program (rust-embed)
# put that one: no matter when it is built.
released := target/released

package: setup page
	SOURCE_DATE_EPOCH=0 RUSTFLAGS="$(remapped)" cargo build --release --locked --quiet --target-dir $(released) -p certdeck -p certdeck-package
	rm -rf target/package && mkdir -p target/package
	$(released)/release/package-papers $(released)/papers
	.ci/package $(released)/release/certdeck $(released)/papers target/package

reproducible: package
	.ci/reproducible

# The registry and this directory get other names in what is built: the octets are the same wherever it is built, and whoever builds it.
remapped = --remap-path-prefix=$(CURDIR)=. --remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}=cargo

# Trunk and its hook optimise each time, so they are only called when a source is newer than the page.
dist/index.html: $(if $(page_sources),FORCE) Cargo.toml Cargo.lock Trunk.toml .ci/split.mjs .cargo/config.toml
	mkdir -p target && touch target/page-begun
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$(remapped)" $(phase) 'page in release' trunk build --release --offline --locked
	touch --reference=target/page-begun $@

fetch: target/fetched
target/fetched: Cargo.lock | setup
	cargo fetch --locked --quiet
	mkdir -p target && touch $@

setup:
	@.ci/setup packages
setup-tests:
	@.ci/setup packages tests
setup-page: setup
	@.ci/setup page
setup-deny: setup
	@.ci/setup deny

test: setup-tests page
	$(phase) 'server for tests' cargo build --locked -p certdeck -p certdeck-package
	$(phase) 'tests on the host' cargo test --locked --workspace --no-fail-fast
	$(phase) 'shared in WASM' cargo test --locked -p certdeck-shared --target wasm32-unknown-unknown

# The tests that run daemons, where those are newer: Dovecot 2.4, slapd with OpenSSL, vsftpd 3.0.5. With all programs beside them cargo builds
# nothing again that `make test` has built.
test-debian13: setup-tests
	@.ci/setup debian13
	$(phase) 'tests with daemons' cargo build --locked --workspace --bins --test daemons --test directory
	status=0; for name in daemons directory; do \
	  test=$$(cargo build --locked --quiet --workspace --bins --test daemons --test directory --message-format json | \
	    jq -r --arg name $$name 'select(.target.name? == $$name and .profile.test).executable'); \
	  $(phase) "$$name on Debian 13" .ci/in-debian13 $$test $(ARGS) || status=1; \
	done; exit $$status

check: setup setup-deny page
	$(phase) 'format' cargo fmt --all --check
	$(phase) 'lints on the host' cargo clippy --locked --workspace --all-targets -- -D warnings
	$(phase) 'lints in WASM' cargo clippy --locked -p certdeck-frontend -p certdeck-shared --target wasm32-unknown-unknown -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(phase) 'documentation' cargo doc --locked --workspace --no-deps --quiet
	$(phase) 'licences and sources' cargo deny --locked --offline check --hide-inclusion-graph bans licenses sources
	$(phase) 'advisories' .ci/advisories
	$(phase) 'size of the page' node .ci/size.mjs
	$(phase) 'no snapshot waits for review' bash -c '! find backend shared frontend tests \( -name "*.snap.new" -o -name "*.pending-snap" \) | grep .'

bench: setup-tests page
	cargo build --release --locked --quiet -p certdeck
	cargo run --release --locked --quiet -p certdeck-tests --bin bench

fuzz: setup-tests page
	@.ci/setup fuzz
	.ci/corpora unpack
	for target in $$(cargo fuzz list); do RUSTC_BOOTSTRAP=1 cargo fuzz run $$target -s none -- -max_total_time=$(SECONDS_EACH); done
	cargo build --locked --quiet -p certdeck
	FRAMES=$$((100000 * $(SECONDS_EACH))) cargo test --locked --quiet -p certdeck --lib no_frame_stops
	REST_SECONDS=$$((10 * $(SECONDS_EACH))) cargo test --locked --quiet -p certdeck-tests --test faults described:: -- --nocapture

kills: setup-tests page
	cargo build --locked --quiet -p certdeck
	KILLS=$(KILLS) cargo test --locked --quiet -p certdeck-tests --test faults onslaught:: -- --nocapture

clean:
	rm -rf target dist
