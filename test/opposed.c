/* SPDX-License-Identifier: ISC */
/*
 * Goal: two routers whose sync groups have members of opposite priorities agree
 * on one of them, and do not promote and step back in turn.
 * Method: two daemons on two benches (core.h), which hear each other after a
 * while of the test's own; first apart, then together at all phases.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

#define APART	(10 * SECOND_US)
#define WIRE	64

static struct bench routers[2];

/* What is on the way between them, oldest first. */
static struct sent {
	usec_t		at;
	int		to;
	size_t		length;
	uint8_t		bytes[64];
} wire[WIRE];
static size_t wired;
static usec_t connected, latency;

/* Starts a router: its addresses end so, its members have these priorities. */
static void
router_start(int i, uint8_t one, uint8_t other)
{
	struct bench *b = &routers[i];

	bench_conf_group(b, 2);
	b->vrs[0].priority = one;
	b->vrs[1].priority = other;
	b->vrs[0].version = b->vrs[1].version = 3;
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, i == 0 ? "10.0.0.1" : "10.0.0.2", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_note(b);
}

/* Puts what a router sent on the wire. */
static void
router_sends(int i)
{
	struct bench *b = &routers[i];

	bench_note(b);
	for (size_t n = 0; n < b->count; n++) {
		const struct noted *noted = &b->noted[n];

		if (noted->effect.kind != EFFECT_SEND || b->now < connected ||
		    wired == WIRE)
			continue;
		wire[wired] = (struct sent){ b->now + latency, !i,
		    noted->effect.length, { 0 } };
		memcpy(wire[wired++].bytes, noted->bytes,
		    noted->effect.length);
	}
	b->count = b->mark = 0;
}

/* A router hears what comes first on the wire. */
static void
router_hears(usec_t now)
{
	struct bench *b = &routers[wire[0].to];
	struct event event = { .kind = EVENT_FRAME, .family = 4,
	    .protocol = IPPROTO_VRRP_, .ifindex = 2, .bytes = wire[0].bytes,
	    .length = wire[0].length };

	b->now = now;
	bench_feed(b, &event);
	router_sends(wire[0].to);
	memmove(wire, wire + 1, --wired * sizeof(*wire));
}

/* Lets both live until a moment. */
static void
run(usec_t end)
{
	struct event time = { .kind = EVENT_TIME, .drained = true };

	for (;;) {
		usec_t due[2] = { daemon_deadline(&routers[0].d),
		    daemon_deadline(&routers[1].d) };
		int i = due[1] < due[0];
		usec_t now = usec_max(due[i], routers[0].now);

		now = usec_max(now, routers[1].now);
		if (wired > 0 && wire[0].at <= now) {
			if (wire[0].at >= end)
				break;
			router_hears(wire[0].at);
			continue;
		}
		if (now >= end)
			break;
		routers[i].now = now;
		bench_feed(&routers[i], &time);
		router_sends(i);
	}
}

/* How often the first instances of both became MASTER. */
static uint32_t
takeovers(void)
{
	uint32_t count = 0;

	for (int i = 0; i < 2; i++)
		count += *counter_of(&routers[i].d, &routers[i].d.vrs[0],
		    COUNT_became_master);
	return count;
}

/*
 * Both were MASTER of all, apart, and meet: the second one's advertisements
 * leave so much later than the first one's.  One of them is MASTER of all in
 * the end, after one more change at most.
 */
static void
check_met(usec_t phase)
{
	uint32_t before;

	wired = 0;
	connected = NEVER;
	router_start(0, 150, 100);
	router_start(1, 100, 150);
	run(1000 * SECOND_US + APART);
	for (int k = 0; k < 2; k++) {
		struct vr *vr = &routers[1].d.vrs[k];

		CHECK_INT(state(&routers[0], k), VR_MASTER);
		CHECK_INT(state(&routers[1], k), VR_MASTER);
		vr->machine.timer += phase;
		vr_arm(&routers[1].d, vr);
	}
	connected = 1000 * SECOND_US + APART;
	before = takeovers();
	run(connected + 60 * SECOND_US);
	CHECK(takeovers() - before <= 1);
	for (int i = 0; i < 2; i++)
		CHECK_INT(state(&routers[i], 0), state(&routers[i], 1));
	CHECK_INT(state(&routers[0], 0) + state(&routers[1], 0),
	    VR_MASTER + VR_BACKUP);
}

int
main(void)
{
	static const usec_t latencies[] = { 1, 100, 20 * MS_US };

	for (size_t i = 0; i < COUNT_OF(latencies); i++) {
		latency = latencies[i];
		for (usec_t n = 0; n <= 8; n++)
			check_met(n * latency / 4);
		for (usec_t n = 1; n < 10; n++)
			check_met(n * 100 * MS_US);
	}
	return check_end("opposed");
}
