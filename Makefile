# BitStockerz. `make run` and `make test` work on a fresh Debian 12 with Swift 6.1 or later; see README.md.

PORT ?= 8080
PREFIX ?= /usr
DESTDIR ?=
SECONDS ?= 60
SCRIPTS := Sources/Development
# In the environment, and not in the command, a folder may have blanks in its name.
install install-symbols uninstall: export DESTDIR := $(DESTDIR)
install install-symbols uninstall: export PREFIX := $(PREFIX)

.PHONY: build run stop test lint bench fuzz clean deb install install-symbols uninstall

# Programs (release) and page, with the packages they need.
build:
	@$(SCRIPTS)/build.sh

# Everything at http://localhost:$(PORT), in the background, with real prices and a first backtest.
run:
	@PORT=$(PORT) $(SCRIPTS)/run.sh

stop:
	@$(SCRIPTS)/stop.sh

test:
	@$(SCRIPTS)/test.sh

lint:
	@$(SCRIPTS)/lint.sh

bench:
	@Tests/Benchmarks/run.sh

# Every reader of untrusted bytes under libFuzzer, SECONDS for each.
fuzz:
	@$(SCRIPTS)/fuzz.sh $(SECONDS)

# Stops the stack and forgets it, its database included, and everything built.
clean:
	@$(SCRIPTS)/clean.sh

# The Debian package of what `make` builds: .build/deb/bitstockerz_VERSION_ARCH.deb.
deb: build
	@$(SCRIPTS)/deb.sh

# Installs what `make` has built; as root, or into DESTDIR.
install:
	@$(SCRIPTS)/install.sh

# What debuggers want to know of the installed programs, under /usr/lib/debug.
install-symbols:
	@$(SCRIPTS)/install.sh symbols

uninstall:
	@$(SCRIPTS)/install.sh uninstall
