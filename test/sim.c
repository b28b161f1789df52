/* SPDX-License-Identifier: ISC */
/*
 * Goal: whatever goes wrong in a network, the routers keep the invariants of
 * the protocol and of this daemon, and once nothing goes wrong any more there
 * is one Active, soon.
 *
 * Method: routers are daemons as values, in one process and on one virtual
 * clock.  What a daemon asks for becomes bytes on a simulated LAN and requests
 * to a simulated kernel, whose answers are bytes again: the lines that run
 * here are those of the daemon, World's reading of netlink included, with
 * clock_gettime, send and recvfrom replaced.  A seed draws a cluster, its
 * configurations, and a swarm of mishaps.  A run has rounds: mishaps; then
 * healing, after which the cluster must settle within the protocol's time;
 * then a drill, one event in a calm cluster with exact bounds.
 *
 * Half of the clusters are dense: a mishap every few seconds.  The others are
 * calm, and most of these even: clocks run alike, and the LAN is rough only now
 * and then, so that they repeat what they do for hours or weeks, which is leapt
 * over (sim_leap.h).  What is printed tells how much.
 *
 *	sim [-celv] [-s SEED] [-n ROUTERS] [-t HOURS]
 *
 * Seeds from SEED on are run until HOURS router-hours have been simulated;
 * without HOURS, SEED alone.  ROUTERS 0 lets the seed choose.  -l: without
 * leaps.  -e: even clusters only.  -c: the same, with leaps and without, and
 * compared; they have a mishap every hour or more often.
 */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int sim_clock_gettime(clockid_t, struct timespec *);
static ssize_t sim_send(int, const void *, size_t, int);
static ssize_t sim_recv(int, void *, size_t, int);
static int sim_close(int), sim_setsockopt(int, int, int, const void *,
    socklen_t);
static long sim_syscall(long, ...);
static ssize_t sim_recvfrom(int, void *, size_t, int, struct sockaddr *,
    socklen_t *);

#define CLOCK(clock, now) sim_clock_gettime(clock, now)
#define send(fd, bytes, length, flags) sim_send(fd, bytes, length, flags)
#define recvfrom(fd, bytes, size, flags, sender, length) \
	sim_recvfrom(fd, bytes, size, flags, sender, length)
#define recv sim_recv
#define close sim_close
#define setsockopt sim_setsockopt
#define syscall sim_syscall
/* The functions of that name become *_in_full (sim_digest.h). */
static void md5_mix(uint32_t [8], uint32_t [16]);
static void sha256_mix(uint32_t [8], uint32_t [16]);
#define md5_mix(state, words) md5_mix_in_full(state, words)
#define sha256_mix(state, words) sha256_mix_in_full(state, words)
#define main vrrpd_main
static int main(int, char **);	/* unused: it and what it calls go */
#pragma GCC diagnostic push
/* gcc -O3 clones nl_attribute for no bytes, and does not see that none go. */
#pragma GCC diagnostic ignored "-Wnonnull"
#include "../vrrpd.c"
#pragma GCC diagnostic pop
#undef main
#undef md5_mix
#undef sha256_mix
#undef syscall
#undef setsockopt
#undef close
#undef recv
#undef recvfrom
#undef send
#undef CLOCK

#include "ip.h"
#include "sim_digest.h"
#include "sim_base.h"
#include "sim_firewall.h"
#include "sim_kernel.h"
#include "sim_entry.h"
#include "sim_conf.h"
#include "sim_track.h"
#include "sim_check.h"
#include "sim_router.h"
#include "sim_fault.h"
#include "sim_leap.h"

#define HANGS_S		20	/* of CPU time in which no time went by */

/* -- time goes by -- */

/* An address that must be somewhere is (D-20). */
static void
covered_check(struct sim *s)
{
	tally(s, TALLY_covered);
	for (uint32_t v = 0; v < s->vr_count; v++) {
		struct ip ip = virtual_address(s, v, 0);
		bool found = (s->covered >> v & 1) == 0;

		for (uint32_t n = 0; n < s->router_count && !found; n++) {
			struct kernel_interface *i =
			    vr_interface(s, &s->routers[n], v);

			found = kernel_runs(&s->routers[n].kernel, i) &&
			    kernel_address_find(i, &ip, 0) != NULL;
		}
		if (!found)
			broken(s, NULL, "D-20: VR %u: its address is on no "
			    "router", v);
	}
}

/* The router whose turn is next. */
static struct router *
router_first(struct sim *s)
{
	struct router *first = &s->routers[0];

	for (uint32_t n = 1; n < s->router_count; n++) {
		if (s->routers[n].next < first->next)
			first = &s->routers[n];
	}
	return first;
}

/* Lets everything happen until a moment, or until s->awaited is led. */
static void
run_events(struct sim *s, usec_t end)
{
	for (;;) {
		struct router *first = router_first(s);
		usec_t at;

		at = first->next;
		if (s->heap_count > 0)
			at = usec_min(at, s->heap[0].at);
		if (at > end || at == NEVER)
			break;
		s->now = usec_max(s->now, at);
		if (s->now > s->stream.alarm_at)
			alarm_rings(s);
		if (s->heap_count > 0 && s->heap[0].at <= first->next) {
			struct happening one = happening_take(s);

			happening_occurs(s, &one);
		} else {
			router_turn(s, first);
		}
		if (s->covered != 0)
			covered_check(s);
		if (s->awaited < s->vr_count &&
		    s->judged[s->awaited].none_since == NEVER)
			return;
	}
	s->now = end;
}

/* The same, and looks at what must hold then; steady states are leapt over. */
static void
run_until(struct sim *s, usec_t end)
{
	if (s->leap != NULL && s->even && s->covered == 0 &&
	    s->awaited == SIM_VRS)
		run_leaping(s, end);
	else
		run_events(s, end);
	alarm_rings(s);
}

/* -- the phases of a run -- */

/* The clock of a router: just booted, or about to pass a power of two. */
static usec_t
chance_uptime(struct sim *s)
{
	static const usec_t wraps[] = { (usec_t)1 << 31, (usec_t)1 << 32,
	    ((usec_t)1 << 31) * MS_US, ((usec_t)1 << 32) * MS_US,
	    ((usec_t)1 << 31) * SECOND_US, ((usec_t)1 << 32) * SECOND_US };

	if (chance_one_in(s, 3)) {
		usec_t wrap = wraps[chance_range(s, 0, COUNT_OF(wraps) - 1)];

		return wrap - chance_range(s, 0, 600 * SECOND_US);
	}
	return chance_range(s, 0, chance_one_in(s, 2) ? SECOND_US :
	    1000000 * SECOND_US);
}

/* Gives a router its machine, and starts its daemon within some seconds. */
static void
router_draw(struct sim *s, struct router *r, uint16_t index,
    const struct plan *plan)
{
	if (r->made > r->spare) {	/* the same place in each run */
		struct made *made = r->made;

		r->made = r->spare;
		r->spare = made;
	}
	r->index = index;
	r->plan = r->made->plan = *plan;
	r->offset = chance_uptime(s);
	r->rate_ppm = !s->even && chance_one_in(s, 2) ? chance_range(s, -500,
	    500) : 0;
	r->next = NEVER;
	r->paused_until = r->disturbed_at = r->second_at = 0;
	r->inbox_count = 0;
	r->stop_asked = r->reload_asked = r->stopping = false;
	r->file_value = 0;
	r->count = SIM_PROCESSES;
	r->order = ORDER_NONE;
	r->records.count = 0;
	r->left = r->unfiltered = r->table_left = false;
	r->d = NULL;
	memset(&r->kernel, 0, sizeof(r->kernel));
	r->kernel.promote_secondaries = chance_one_in(s, 2);
	r->kernel.tells_protocol = !chance_one_in(s, 4);
	r->kernel.owns_tables = !chance_one_in(s, 4);
	r->kernel.next_ifindex = 2;
	watch_start(r);
	for (uint8_t n = 0; n < SIM_SEGMENTS; n++) {
		kernel_create(s, r, n);
		addresses_come(s, r, n);
	}
	happen(s, chance_span(s, 0, 5 * SECOND_US), HAPPENS_START, index, 0,
	    0);
}

/* Begins the run of a seed: all that it draws. */
static void
run_draw(struct sim *s, uint64_t seed, uint32_t routers, struct plan *plans)
{
	s->seed = seed;
	s->stream = (struct stream){ .alarm_at = NEVER,
	    .chance = seed * 0xd1342543de82ef95U };
	s->now = 0;
	s->heap_count = 0;
	s->free_count = 0;
	while (s->free_count < s->frame_room) {
		s->free_frames[s->free_count] = s->free_count;
		s->free_count++;
	}
	s->records.count = 0;
	s->noisy = true;
	s->steady = s->looping = false;
	s->awaited = SIM_VRS;
	s->calm_since = NEVER;
	s->covered = 0;
	s->expected = NONE;
	s->calm = chance_one_in(s, 2);
	s->even = s->calm && !chance_one_in(s, 4);
	s->total = &s->totals[s->calm + s->even];
	snprintf(s->replay, sizeof(s->replay), routers > 0 ?
	    "again: make sim SEED=%llu ROUTERS=%u\n" :
	    "again: make sim SEED=%llu\n", (unsigned long long)seed, routers);
	s->router_count = routers > 0 ? routers :
	    (uint32_t)chance_range(s, 2, chance_one_in(s, 4) ? 8 : 4);
	cluster_draw(s);
	for (uint32_t v = 0; v < SIM_VRS; v++)
		s->judged[v] = (struct judged){ .none_since = 0,
		    .dual_since = NEVER };
	for (uint16_t n = 0; n < s->router_count; n++) {
		plan_draw(s, &plans[n], n);
		router_draw(s, &s->routers[n], n, &plans[n]);
	}
	swarm_draw(s);
}

/* Mishaps, one after the other. */
static void
phase_mishaps(struct sim *s)
{
	usec_t end = s->now + (s->even ? s->swarm.pause_us *
	    chance_range(s, 3, 30) : s->calm ? s->shortest_us *
	    chance_span(s, 200, 20000) : usec_min(chance_span(s,
	    10 * SECOND_US, 3600 * SECOND_US), 20000 * s->shortest_us));

	s->noisy = true;
	s->calm_since = NEVER;
	s->steady = false;
	while (s->now < end) {
		run_until(s, usec_min(end, s->now + chance_range(s, 0,
		    2 * s->swarm.pause_us)));
		mishap_occurs(s);
	}
}

/* Until all take part again: checks ran as often as they must. */
static usec_t
healing_span(const struct sim *s)
{
	return 30 * SECOND_US + 8 * s->script_us + 15 * s->bfd_us;
}

/* Until all is decided, preempt_delay included, and announced again. */
static usec_t
settling_span(const struct sim *s)
{
	return 2 * none_limit(s) + 27 * SECOND_US + s->refresh_us;
}

/* All is mended; the cluster settles, and is judged. */
static void
phase_heal(struct sim *s, const struct plan *plans)
{
	s->noisy = false;
	s->stream.partition_until = s->stream.rough_until = 0;
	for (uint32_t n = 0; n < s->router_count; n++)
		router_heal(s, &s->routers[n], &plans[n]);
	run_until(s, s->now + usec_max(healing_span(s), s->swarm.delay_us));
	s->calm_since = s->now;
	alarm_set(s, s->now);
	run_until(s, s->now + settling_span(s));
	settled_check(s);
}

#include "sim_drill.h"

/* Seconds of CPU time that this process has had. */
static double
spent_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The run of one seed; returns the router-hours that it made. */
static double
run_seed(struct sim *s, uint64_t seed, uint32_t routers)
{
	static struct plan plans[SIM_ROUTERS];
	static const usec_t limits[PACES] = PACE_LIMITS;
	double began = spent_seconds(), hours;
	int64_t rounds;
	int pace = 0;

	run_draw(s, seed, routers, plans);
	rounds = chance_range(s, 1, 3);
	while (rounds-- > 0) {
		phase_mishaps(s);
		phase_heal(s, plans);
		phase_drills(s);
	}
	if (s->even && s->compared >= 0) {
		leap_map(s);
		leap_take(s->state, s->compared);
	}
	for (uint32_t n = 0; n < s->router_count; n++)
		router_gone(s, &s->routers[n]);
	hours = (double)s->now / 3600e6 * s->router_count;
	while (limits[pace] < s->shortest_us)
		pace++;
	s->total->paced[pace] += hours;
	s->total->hours += hours;
	s->total->spent += spent_seconds() - began;
	s->total->seeds++;
	return hours;
}

/* Whether the cluster of a seed is even. */
static bool
seed_even(struct sim *s, uint64_t seed, uint32_t routers)
{
	static struct plan plans[SIM_ROUTERS];

	run_draw(s, seed, routers, plans);
	return s->even;
}

/* Memory for so many routers. */
static void
routers_allocate(struct sim *s, uint32_t count)
{
	s->routers = calloc(count, sizeof(*s->routers));
	s->blocked = calloc(count, count);
	if (s->routers == NULL || s->blocked == NULL)
		abort();
	for (uint32_t n = 0; n < count; n++) {
		struct router *r = &s->routers[n];

		r->made = calloc(1, sizeof(*r->made));
		r->spare = calloc(1, sizeof(*r->spare));
		r->w = aligned_alloc(_Alignof(struct world), sizeof(*r->w));
		if (r->made == NULL || r->spare == NULL || r->w == NULL)
			abort();
		memset(r->w, 0, sizeof(*r->w));
		r->w->log = (struct log){ .options = { .ident = "sim" },
		    .syslog = -1, .console = -1, .file = -1, .kmsg = -1 };
		r->w->sightings.scan_at = NEVER;
		r->w->sightings.proc = -1;
		r->w->fd[SOCKET_FIREWALL] = -1;
	}
}

/* A name and its count; true: it never came. */
static bool
count_print(const char *name, uint64_t count, const char *before)
{
	printf("%s%s %llu", before, name, (unsigned long long)count);
	return count == 0;
}

/* Prints how often what was exercised; the number of those that never were. */
static int
exercised_print(const struct sim *s)
{
	static const char *const names[] = {
#define TALLY(name, text) text,
		TALLIES(TALLY)
#undef TALLY
	};
	int never = 0;

	for (size_t i = 0; i < COUNT_OF(mishaps); i++)
		never += count_print(mishaps[i].name, s->mishaps[i], i == 0 ?
		    "sim: mishaps: " : ", ");
	for (size_t i = 0; i < RELOADS; i++)
		never += count_print(reloads[i].name, s->reloads[i], i == 0 ?
		    "\nsim: reloads: " : ", ");
	for (size_t i = 0; i < TALLY_KINDS; i++)
		never += count_print(names[i], s->tallies[i], i == 0 ?
		    "\nsim: LAN and kernel: " : strchr(names[i], ':') != NULL ?
		    "\nsim: " : ", ");
	printf("\nsim: %llu takeovers, %llu times two Actives; in calm at most "
	    "%.3f s without Active, %.3f s with two\n",
	    (unsigned long long)s->takeovers, (unsigned long long)s->duals,
	    (double)s->longest_none / 1e6, (double)s->longest_dual / 1e6);
	return never;
}

/* Prints what one regime did, and how fast; executed: not leapt over. */
static void
totals_print(const char *name, const struct totals *t)
{
	double spent = t->spent > 0 ? t->spent : 1;

	printf("sim: %s: %llu seeds, %.0f router-hours (interval up to 0.1 s: "
	    "%.0f, 1 s: %.0f, 10 s: %.0f, longer: %.0f), %.0f executed, %.0f "
	    "in %llu leaps, %llu mishaps, %.1f s of one core; %llu "
	    "advertisements heard, %llu turns executed; a second: %.0f "
	    "router-hours, %.0f executed, %.0f turns\n", name,
	    (unsigned long long)t->seeds, t->hours, t->paced[0], t->paced[1],
	    t->paced[2], t->paced[3], t->hours - t->leapt, t->leapt,
	    (unsigned long long)t->leaps, (unsigned long long)t->mishaps,
	    t->spent, (unsigned long long)t->heard,
	    (unsigned long long)t->steps, t->hours / spent,
	    (t->hours - t->leapt) / spent, (double)t->steps / spent);
}

/*
 * Runs seeds until so many router-hours are reached, some of them twice.  A run
 * that is long, of clusters of every kind, must have exercised everything.
 */
static void
run_seeds(struct sim *s, uint64_t seed, uint32_t routers, double hours)
{
	double done = 0;
	uint64_t first = seed, hash;
	int never;

	for (; done < hours || seed == first; seed++) {
		if (s->only_even && !seed_even(s, seed, routers))
			continue;
		done += run_seed(s, seed, routers);
		hash = s->stream.hash;
		s->all_hash = s->all_hash * 31 + hash;
		if (seed % 16 != first % 16)
			continue;
		tally(s, TALLY_I12);
		done += run_seed(s, seed, routers);
		if (s->stream.hash != hash)
			broken(s, NULL, "I12: a second run went another way");
	}
	never = exercised_print(s);
	totals_print("dense", &s->totals[0]);
	totals_print("calm", &s->totals[1]);
	totals_print("even", &s->totals[2]);
	printf("sim: seeds %llu to %llu held: %.0f router-hours, %.0f of them "
	    "executed, in %.1f s of one core, all that happened: %016llx\n",
	    (unsigned long long)first, (unsigned long long)seed - 1, done,
	    done - s->totals[2].leapt, s->totals[0].spent +
	    s->totals[1].spent + s->totals[2].spent,
	    (unsigned long long)s->all_hash);
	if (seed - first > 1000 && never > 0 && !s->only_even) {
		printf("sim: %d counts are 0: this run is none\n", never);
		exit(1);
	}
}

/* Runs a seed, from counts of 0 on, and keeps its end as a picture. */
static double
run_pictured(struct sim *s, uint64_t seed, uint32_t routers, int picture)
{
	s->leap = picture == 0 ? s->state : NULL;
	s->compared = picture;
	memset(s->tallies, 0, sizeof(s->tallies));
	memset(s->mishaps, 0, sizeof(s->mishaps));
	memset(s->totals, 0, sizeof(s->totals));
	s->takeovers = s->duals = 0;
	return run_seed(s, seed, routers);
}

/*
 * Runs seeds twice each, with leaps and step by step, until so many
 * router-hours are reached; both must end in the same state.
 */
static void
run_compared(struct sim *s, uint64_t seed, uint32_t routers, double hours)
{
	double done = 0, leapt = 0, even = 0;
	uint64_t first = seed, leaps = 0;

	for (; done < hours || seed == first; seed++) {
		if (!seed_even(s, seed, routers))
			continue;
		done += run_pictured(s, seed, routers, 0);
		leapt += s->totals[2].leapt;
		leaps += s->totals[2].leaps;
		even++;
		run_pictured(s, seed, routers, 1);
		if (!leap_alike(s->state))
			broken(s, NULL, "leaps end in another state");
	}
	printf("sim: %.0f of seeds %llu to %llu ran with leaps and step by "
	    "step, and ended alike: %.0f router-hours each, %.0f in %llu "
	    "leaps\n", even, (unsigned long long)first,
	    (unsigned long long)seed - 1, done, leapt,
	    (unsigned long long)leaps);
}

/*
 * SIGPROF: when no time has gone by on the virtual clock for as long as the
 * timer takes, something hangs, the daemon or the simulator.
 */
static void
watchdog(int signal)
{
	static const char hangs[] = "sim: it hangs\n";
	static usec_t before = -1;
	static uint64_t seed;
	struct sim *s = sim_running;

	(void)signal;
	if (s->now != before || s->seed != seed) {
		before = s->now;
		seed = s->seed;
		return;
	}
	if (write(STDOUT_FILENO, hangs, sizeof(hangs) - 1) < 0 ||
	    write(STDOUT_FILENO, s->replay, strlen(s->replay)) < 0)
		_exit(2);
	_exit(1);
}

/* Starts the watchdog. */
static void
watchdog_start(void)
{
	struct itimerval every = { { HANGS_S, 0 }, { HANGS_S, 0 } };

	if (signal(SIGPROF, watchdog) == SIG_ERR ||
	    setitimer(ITIMER_PROF, &every, NULL) != 0)
		abort();
}

int
main(int argc, char **argv)
{
	static struct sim sim;
	uint64_t seed = 1;
	uint32_t routers = 0;
	double hours = 0;
	bool compared = false, steps = false;
	int option;

	while ((option = getopt(argc, argv, "celvs:n:t:")) != -1) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'n')
			routers = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 't')
			hours = strtod(optarg, NULL);
		else if (option == 'v')
			sim.verbose = true;
		else if (option == 'c')
			compared = true;
		else if (option == 'e')
			sim.only_even = true;
		else if (option == 'l')
			steps = true;
		else
			return 2;
	}
	if (optind < argc || routers == 1 || routers > SIM_ROUTERS)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sim_running = &sim;
	routers_allocate(&sim, routers > 8 ? routers : 8);
	watchdog_start();
	sim.state = calloc(1, sizeof(*sim.state));
	if (sim.state == NULL)
		abort();
	sim.leap = steps ? NULL : sim.state;
	sim.compared = -1;
	(compared ? run_compared : run_seeds)(&sim, seed, routers, hours);
	return 0;
}
