# SPDX-License-Identifier: ISC
#	make			./vrrpd, one static file against musl
#	make demo		shows a takeover in network namespaces
#	make check		runs every test
#	make install		into DESTDIR; install-keepalived adds a link
#	make CC=gcc STATIC=	dynamic, against the libc of that compiler
# demo, check and bench install what they lack (test/deps); make deps does so
# for the build.  CPPFLAGS, CFLAGS and LDFLAGS are yours.

.POSIX:
.SUFFIXES:

PREFIX	= /usr/local
O	= build
STATIC	= -static -fno-pie -no-pie -Wl,-z,norelro
CC	!= test -n "$(STATIC)" && command -v musl-gcc >/dev/null && \
	  echo musl-gcc || echo cc
HOSTCC	= gcc
CFLAGS	!= set -- -Os -Oz -mgeneral-regs-only -malign-data=abi \
	  --param=large-stack-frame=99999 $$(printf ' -fno-%s' jump-tables \
	  expensive-optimizations ipa-sra tree-loop-im tree-dominator-opts \
	  tree-forwprop tree-tail-merge tree-fre tree-sra forward-propagate \
	  if-conversion caller-saves optimize-sibling-calls \
	  move-loop-invariants guess-branch-probability); \
	  takes() { $(CC) -Werror "$$@" -E - </dev/null >/dev/null 2>&1; }; \
	  takes "$$@" && echo "$$@" || for f; do takes $$f && echo $$f; done; :
LDFLAGS	= -s
BUDGET	= 258000
WARN	= -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	  -Wwrite-strings -Wundef -Werror
FLAGS	= -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	  -isystem $(O)/kernel $(WARN) -ffunction-sections -fdata-sections \
	  -fstack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables
LINK	= -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,noexecstack \
	  -Wl,-z,common-page-size=64 -fno-ident
COMPILE	= $(CC) $(FLAGS) $(STATIC) $(CPPFLAGS) $(CFLAGS) $(LINK) $(LDFLAGS)
TEST	= $(HOSTCC) $(FLAGS) -Wno-unused-function $(CPPFLAGS)
# With them gcc warns of conversions that it did not see before.
SANITIZE = -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	  -fno-sanitize-recover=all -Wno-conversion

all: vrrpd
vrrpd: $(O)/vrrpd
	rm -f $@ && cp $(O)/vrrpd $@

$(O)/vrrpd: vrrpd.c vrrpd.h $(O)/command
	$(COMPILE) -o $@.new vrrpd.c
	@size $@.new | awk -v bytes="$$(wc -c <$@.new)" -v budget=$(BUDGET) \
	    'NR == 2 { printf "text %d, data %d, bss %d, file %d", $$1, $$2, \
	    $$3, bytes; print budget ? " of " budget " bytes" : " bytes" } \
	    END { if (budget && bytes > budget) print "over its budget" }'
	@awk '/^\/\* ==== [0-9]+\. [A-Z][a-z]+ ==== \*\/$$/ \
	    { name[++n] = $$4 } { lines[n]++ } END { lines[1] += lines[0]; \
	    for (i = 1; i <= n; i++) printf "%-13s %4d%s", name[i], lines[i], \
	    i % 4 && i < n ? "   " : "\n"; print "vrrpd.c", NR, "lines" }' \
	    vrrpd.c
	@mv $@.new $@

# Changes when the command does.  A musl that sees no kernel headers is given
# the system's, which every libc can share, and nothing else of glibc's.
SEES	= sh -c 'printf "$$0" | $(CC) $(CPPFLAGS) -isystem $(O)/kernel -E - \
	  2>/dev/null | grep -q "$$1"'
$(O)/command: FORCE
	@mkdir -p $(O)
	@echo '$(COMPILE)' | cmp -s - $@ || rm -rf $@ $(O)/kernel
	@test -e $@ || test -z '$(STATIC)' || \
	    $(SEES) '#include <stdlib.h>\n__GLIBC__' '^__GLIBC__$$' || { \
	    echo 'make: $(CC) has no musl: "make deps" installs musl-gcc,' \
	    '"make CC=gcc STATIC=" does without' >&2; exit 1; }
	@test -e $@ || $(SEES) '#include <linux/rtnetlink.h>' rtmsg || { \
	    mkdir -p $(O)/kernel && m=$$($(CC) -print-multiarch) && ln -s $$( \
	    ls -d /usr/$$m/include/asm /usr/include/$$m/asm 2>&- | sed q) \
	    /usr/include/linux /usr/include/asm-generic $(O)/kernel; }
	@test -e $@ || $(SEES) '#include <linux/rtnetlink.h>' rtmsg || { echo \
	    'make: no kernel headers: "make deps" installs them' >&2; exit 1; }
	@test -e $@ || echo '$(COMPILE)' >$@

FORCE:

deps:
	@sh test/deps build

check:
	@sh test/deps build check
	@sh test/run

lab:
	@sh test/deps build check
	@sh test/run lab

bench:
	@sh test/deps build bench
	@$(MAKE) -s vrrpd
	@sh test/bench/run

lint:
	@sh test/lint.sh

# Each is a script of that name; its head says what it does and which variables
# it takes: make sim SEED=7
demo sim fuzz mutate model conformance cover analyse faults cross appliance:
	@sh test/deps build $@
	@$(MAKE) -s vrrpd
	@TEST='$(TEST)' SANITIZE='$(SANITIZE)' sh test/$@.sh

# Chapters 1 to 8 may call nothing but these, and what the compiler adds.
PURE	= mem(chr|cmp|cpy|move|set)|str(n?len|n?cmp|r?chr|c?spn|str|pbrk)
RUNTIME	= __stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__[a-z]+[sdt]i[0-9]?
pure:
	@mkdir -p $(O)
	$(TEST) -O0 -DVRRPD_PURE -fkeep-static-functions -c \
	    -o $(O)/pure.o vrrpd.c
	@nm -u $(O)/pure.o | awk '{ n++ } \
	    $$2 !~ /^($(PURE)|$(RUNTIME))$$/ { bad = 1; print "pure: " $$2 } \
	    END { if (!bad) print "pure:", n, "symbols, all pure"; exit bad }'

# One test program under the sanitizers: make unit T=wire
unit:
	@mkdir -p $(O)/test
	$(TEST) $(SANITIZE) $${UNIT:--O0} -o $(O)/test/$(T) $${C:-test/$(T).c}
	@$(O)/test/$(T)

# All of check, with the daemon under the sanitizers too.
asan:
	@sh test/deps build check && $(MAKE) O=build/asan CC=$(HOSTCC) \
	    STATIC= BUDGET= LDFLAGS= CFLAGS='$(SANITIZE)' build/asan/vrrpd
	@VRRPD="$$PWD/build/asan/vrrpd" sh test/run

# Another directory makes the same file.
repro: vrrpd
	@rm -rf $(O)/repro && mkdir -p $(O)/repro/place
	@cp Makefile vrrpd.c vrrpd.h $(O)/repro/place
	@cd $(O)/repro/place && $(MAKE) O=there vrrpd >/dev/null
	cmp vrrpd $(O)/repro/place/vrrpd
	case '$(CFLAGS)' in *-Oz*) test $$(wc -c <vrrpd) -le $(BUDGET) ;; esac

install: vrrpd
	mkdir -p $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 vrrpd $(DESTDIR)$(PREFIX)/sbin/vrrpd
	install -m 644 vrrpd.8 $(DESTDIR)$(PREFIX)/share/man/man8/vrrpd.8

install-keepalived: install
	ln -sf vrrpd $(DESTDIR)$(PREFIX)/sbin/keepalived

clean:
	rm -rf build vrrpd

.PHONY: all deps demo check lab bench lint sim fuzz mutate model conformance \
	cover analyse faults cross appliance pure unit asan repro install \
	install-keepalived clean FORCE
