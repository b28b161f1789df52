/* SPDX-License-Identifier: ISC */
/*
 * Goal: a BFD session does what RFC 5880 says: each check of a packet, each
 * cell of its table, each of its times, and what follows for who tracks it.
 * Method: the functions asked one by one, against tables of the test's own, and
 * a daemon on a bench (core.h) with a neighbour played by the test.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;
static struct conf_bfd confs[3];

/* A packet of a neighbour that is Down and has heard nothing. */
static const uint8_t good[BFD_LENGTH] = { 0x20, 0x40, 3, 24, 0, 0, 0, 9,
    0, 0, 0, 0, 0, 0x0f, 0x42, 0x40, 0, 1, 0x86, 0xa0 };

/* Sessions with 10.0.0.2 and, over routers, with 10.9.0.2 and 2001:db8::2. */
static void
bfd_bench(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	for (int i = 0; i < 3; i++)
		confs[i] = (struct conf_bfd){ .name = i == 0 ? "near" :
		    i == 1 ? "far" : "six", .neighbor = bench_ip(i == 0 ?
		    "10.0.0.2" : i == 1 ? "10.9.0.2" : "2001:db8::2"),
		    .multiplier = 3, .hop_limit = 255, .multihop = i > 0,
		    .max_hops = i > 0 ? -1 : 0, .min_rx_us = 50000,
		    .min_tx_us = 20000, .idle_tx_us = 1000000, .used = true };
	b->conf.bfds = confs;
	b->conf.bfd_count = 3;
	b->tracks[0][0] = (struct conf_track){ .kind = TRACK_BFD };
	b->vrs[0].tracks = b->tracks[0];
	b->vrs[0].track_count = 1;
}

/* Hands the daemon a packet from 10.0.0.2, less hops than 255 away. */
static void
hear_bytes(const uint8_t *bytes, size_t length, int hops)
{
	struct event event = { .kind = EVENT_BFD, .family = 4,
	    .hop_limit = (uint8_t)(255 - hops), .bytes = bytes,
	    .length = length, .source = bench_ip("10.0.0.2"),
	    .destination = bench_ip("10.0.0.1") };

	bench_feed(&bench, &event);
	bench_note(&bench);
}

/* The same in this state, with flags, for the first session. */
static void
hear(enum bfd_state state, unsigned flags)
{
	uint8_t bytes[BFD_LENGTH];
	struct packer p = packer_over(bytes + 8, 4);

	memcpy(bytes, good, sizeof(bytes));
	bytes[1] = (uint8_t)((unsigned)state << 6 | flags);
	packer_u32(&p, bench.d.bfds[0].mine);
	hear_bytes(bytes, sizeof(bytes), 0);
}

/* The first session is up from now on. */
static void
come_up(void)
{
	bfd_bench();
	bench_start(&bench);
	hear(BFD_DOWN, 0);
	hear(BFD_INIT, 0);
}

/* Packets of ours to the first session's neighbour; the last, from its UDP. */
static int
sent(const uint8_t **last)
{
	const struct noted *noted;
	int count = 0;

	for (int i = 0; (noted = bench_find(&bench, EFFECT_UDP, i)) != NULL;
	    i++) {
		if (!ip_equal(&noted->effect.destination, &confs[0].neighbor))
			continue;
		count++;
		*last = noted->bytes + IP4_HEADER;
	}
	return count;
}

/* RFC 5880 6.8.6, as its text says it: rows ours, columns the neighbour's. */
static void
test_transitions(void)
{
	static const char *const table[] = {
		"AAAA", "DIUD", "DIUU", "DDUU"
	};
	static const char letters[] = "ADIU";

	for (unsigned from = 0; from < BFD_STATES; from++) {
		for (unsigned heard = 0; heard < BFD_STATES; heard++) {
			struct bfd b = { .state = (uint8_t)from,
			    .conf = &confs[0] };
			struct bfd_packet packet = { .mine = 7,
			    .state = (uint8_t)heard, .multiplier = 2,
			    .min_tx_us = 70000, .min_rx_us = 30000 };
			bool fell = table[from][heard] == 'D' && from > 1;

			bfd_hear(&b, &packet, 1000);
			CHECK_INT(letters[b.state], table[from][heard]);
			CHECK_INT(b.diagnostic, fell ? BFD_TOLD : 0);
			CHECK_INT(b.polling, (from == BFD_UP) !=
			    (b.state == BFD_UP));
			CHECK_INT(b.yours, 7);
			CHECK_INT(b.remote_state, heard);
			CHECK_INT(b.detect_at, 1000 + 140000);
		}
	}
	for (unsigned from = 0; from < BFD_STATES; from++) {
		struct bfd b = { .state = (uint8_t)from, .conf = &confs[0],
		    .yours = 7, .remote_rx_us = 5, .remote_state = BFD_UP,
		    .source = bench_ip("10.0.0.1"), .polling = true,
		    .remote_demand = true };

		bfd_forget(&b);
		CHECK_INT(b.source.family, 0);	/* the next packet tells */
		CHECK_INT(b.state, from == 0 ? BFD_ADMIN_DOWN : BFD_DOWN);
		CHECK_INT(b.diagnostic, from > 1 ? BFD_SILENCE : 0);
		CHECK_INT(b.yours, 0);
		CHECK_INT(b.remote_rx_us, 1);
		CHECK_INT(b.remote_state, BFD_DOWN);
		CHECK(!b.polling && !b.remote_demand && b.detect_at == NEVER);
	}
}

/* What a packet says of demand mode holds until the next one (6.8.6). */
static void
test_demand(void)
{
	struct bfd b = { .state = BFD_UP, .conf = &confs[0] };
	struct bfd_packet packet = { .mine = 7, .state = BFD_UP,
	    .multiplier = 2, .flags = BFD_DEMAND | BFD_POLL };

	bfd_hear(&b, &packet, 0);
	CHECK(b.remote_demand);
	packet.flags = (uint8_t)~BFD_DEMAND;
	bfd_hear(&b, &packet, 0);
	CHECK(!b.remote_demand);
}

/* The checks that need no session, in their order: a byte spoils each. */
static void
test_decode(void)
{
	static const struct {
		uint8_t		at, value, length;
		enum bfd_counter want;
	} rows[] = {
		{ 0, 0x20, 24, BFD_TAKEN }, { 0, 0x3f, 24, BFD_TAKEN },
		{ 0, 0x20, 99, BFD_TAKEN },
		{ 0, 0x00, 24, BFD_VERSION }, { 0, 0x40, 24, BFD_VERSION },
		{ 0, 0x20, 0, BFD_VERSION },
		{ 0, 0x20, 3, BFD_TOO_SHORT }, { 3, 23, 24, BFD_TOO_SHORT },
		{ 1, 0x44, 24, BFD_TOO_SHORT },
		{ 3, 25, 24, BFD_CUT }, { 0, 0x20, 23, BFD_CUT },
		{ 3, 255, 24, BFD_CUT },
		{ 2, 0, 24, BFD_MULTIPLIER }, { 1, 0x41, 24, BFD_POINTS },
		{ 7, 0, 24, BFD_NOT_MINE },
		{ 1, 0x00, 24, BFD_TAKEN },	/* AdminDown */
		{ 1, 0x80, 24, BFD_NOT_YOURS }, { 1, 0xc0, 24, BFD_NOT_YOURS },
	};
	struct bfd_packet packet;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t *bytes = calloc(1, rows[i].length + 1U);

		if (bytes == NULL)
			abort();
		memcpy(bytes, good, rows[i].length < sizeof(good) ?
		    rows[i].length : sizeof(good));
		if (rows[i].at < rows[i].length)
			bytes[rows[i].at] = rows[i].value;
		CHECK_INT(bfd_decode(bytes, rows[i].length, &packet),
		    rows[i].want);
		free(bytes);
	}
	CHECK_INT(bfd_decode(good, sizeof(good), &packet), BFD_TAKEN);
	CHECK_INT(packet.state, BFD_DOWN);
	CHECK_INT(packet.multiplier, 3);
	CHECK_INT(packet.mine, 9);
	CHECK_INT(packet.min_tx_us, 1000000);
	CHECK_INT(packet.min_rx_us, 100000);
	CHECK_INT(packet.diagnostic | packet.flags, 0);
}

/* Each bit of the first two bytes; authentication has a length as well. */
static void
test_decode_bits(void)
{
	struct bfd_packet packet;
	uint8_t bytes[BFD_LENGTH + 2] = { 0 };

	memcpy(bytes, good, sizeof(good));
	bytes[0] = 0x3f;
	bytes[1] = 0x7f;
	bytes[3] = 25;				/* no room for the length */
	CHECK_INT(bfd_decode(bytes, sizeof(bytes), &packet), BFD_TOO_SHORT);
	CHECK_INT(packet.diagnostic, 0x1f);
	CHECK_INT(packet.flags, 0x3f);
	CHECK_INT(packet.state, BFD_DOWN);
	bytes[0] = 0x2a;
	bytes[1] = 0x54;
	bytes[3] = 26;
	CHECK_INT(bfd_decode(bytes, sizeof(bytes), &packet), BFD_TAKEN);
	CHECK_INT(packet.diagnostic, 0xa);
	CHECK_INT(packet.flags, BFD_FINAL | BFD_AUTHENTICATED);
}

/* What we send, byte for byte; the checksums by hand, as all else here. */
static void
test_encode(void)
{
	static const uint8_t want[] = { 0x45, 0xc0, 0, 52, 0, 0, 0, 0, 255, 17,
	    0xa6, 0xb5, 10, 0, 0, 1, 10, 0, 0, 2,
	    0xc0, 0x05, 0x0e, 0xc8, 0, 32, 0, 0,
	    0x21, 0xe0, 3, 24, 0, 1, 0, 5, 0, 0, 0, 9, 0, 0, 0x4e, 0x20,
	    0, 0, 0xc3, 0x50, 0, 0, 0, 0 };
	struct bfd_packet what = { .state = BFD_UP, .flags = BFD_POLL,
	    .diagnostic = 1, .multiplier = 3, .mine = 0x10005, .yours = 9,
	    .min_tx_us = 20000, .min_rx_us = 50000 };
	struct ip source = bench_ip("10.0.0.1"), none = { .family = 0 };
	uint8_t got[64];
	uint32_t sum;

	bfd_bench();
	CHECK_INT(bfd_encode(&confs[0], &source, &what, got, sizeof(got)),
	    sizeof(want));
	CHECK_BYTES(got, want, 10);
	CHECK_BYTES(got + 12, want + 12, 14);
	CHECK_BYTES(got + 28, want + 28, 24);
	/* pseudo-header and datagram sum up to all ones (RFC 768) */
	sum = 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 17 + 32;
	for (int i = 20; i < 52; i += 2)
		sum += (uint32_t)(got[i] << 8 | got[i + 1]);
	CHECK_INT((sum & 0xffff) + (sum >> 16), 0xffff);
	bfd_encode(&confs[0], &none, &what, got, sizeof(got));
	CHECK_INT(got[26] | got[27], 0);
	CHECK_INT(bfd_encode(&confs[0], &source, &what, got, 51), 0);
	/* over IPv6 UDP alone, and by routers another port */
	CHECK_INT(bfd_encode(&confs[2], &none, &what, got, sizeof(got)), 32);
	CHECK_INT(got[2] << 8 | got[3], 4784);
	CHECK_INT(got[5], 32);
	CHECK_INT(got[6] | got[7], 0);
	CHECK_BYTES(got + 8, want + 28, 24);
}

/* RFC 5880 6.8.2 to 6.8.4 and 6.8.7. */
static void
test_times(void)
{
	struct bfd b = { .conf = &confs[0], .state = BFD_DOWN,
	    .remote_rx_us = 1, .tx_us = 20000 };
	static const struct {
		uint8_t		multiplier;
		uint32_t	random;
		usec_t		want;
	} rows[] = {
		{ 3, 0, 20000 }, { 3, 250, 15000 }, { 3, 251, 20000 },
		{ 2, 100, 18000 }, { 1, 0, 18000 }, { 1, 150, 15000 },
		{ 1, 151, 18000 }, { 255, 125, 17500 },
	};

	bfd_bench();
	CHECK_INT(bfd_interval(&b), 1000000);
	b.state = BFD_INIT;
	CHECK_INT(bfd_interval(&b), 1000000);
	b.remote_rx_us = 3000000;
	CHECK_INT(bfd_interval(&b), 3000000);
	b.state = BFD_UP;
	b.remote_rx_us = 20001;
	CHECK_INT(bfd_interval(&b), 20001);
	b.remote_rx_us = 19999;
	CHECK_INT(bfd_interval(&b), 20000);
	b.remote_rx_us = 0;
	CHECK(bfd_interval(&b) == NEVER);
	b.remote_rx_us = 1;
	b.remote_demand = true;			/* 6.8.7: both Up, no poll */
	b.remote_state = BFD_INIT;
	CHECK_INT(bfd_interval(&b), 20000);
	b.remote_state = BFD_UP;
	CHECK(bfd_interval(&b) == NEVER);
	b.state = BFD_INIT;
	CHECK_INT(bfd_interval(&b), 1000000);
	b.state = BFD_UP;
	b.polling = true;
	CHECK_INT(bfd_interval(&b), 20000);
	confs[0].passive = true;
	CHECK(bfd_interval(&b) == NEVER);
	b.yours = 1;
	CHECK_INT(bfd_interval(&b), 20000);
	b.remote_multiplier = 5;
	b.remote_tx_us = 49999;
	CHECK_INT(bfd_detection_time(&b), 250000);
	b.remote_tx_us = 50001;
	CHECK_INT(bfd_detection_time(&b), 250005);
	b.remote_multiplier = 255;
	b.remote_tx_us = UINT32_MAX;
	CHECK(bfd_detection_time(&b) == 255 * (usec_t)UINT32_MAX);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		confs[0].multiplier = rows[i].multiplier;
		CHECK_INT(bfd_jittered(&b, 20000, rows[i].random),
		    rows[i].want);
	}
}

/* A packet that is refused costs one counter and touches nothing. */
static void
refuse(const uint8_t *bytes, int hops, enum bfd_counter want)
{
	struct bfd before = bench.d.bfds[0];
	uint32_t count = bench.d.counters.bfd[want];
	const uint8_t *last;

	bench.mark = bench.count;
	hear_bytes(bytes, BFD_LENGTH + 2, hops);
	CHECK_INT(bench.d.counters.bfd[want], count + 1);
	CHECK(memcmp(&before, &bench.d.bfds[0], sizeof(before)) == 0);
	CHECK_INT(sent(&last), 0);
}

/* The checks that need a session. */
static void
test_refusals(void)
{
	uint8_t bytes[BFD_LENGTH + 2] = { 0 };
	const struct event other = { .kind = EVENT_BFD, .family = 4,
	    .hop_limit = 255, .bytes = good, .length = sizeof(good),
	    .index = 1, .source = bench_ip("10.0.0.2") };
	uint32_t *counters = bench.d.counters.bfd;

	bfd_bench();
	bench_start(&bench);
	memcpy(bytes, good, sizeof(good));
	refuse(bytes, 1, BFD_TTL);
	confs[0].max_hops = 2;
	refuse(bytes, 3, BFD_TTL);
	bytes[11] = 77;
	refuse(bytes, 0, BFD_NO_SESSION);
	bytes[11] = 0;
	bytes[3] = 26;
	bytes[1] |= BFD_AUTHENTICATED;
	refuse(bytes, 0, BFD_AUTH);
	bytes[1] = 0x40;
	bytes[0] = 0;
	refuse(bytes, 0, BFD_VERSION);
	bench_feed(&bench, &other);		/* the port of the others */
	CHECK_INT(counters[BFD_NO_SESSION], 2);
	bytes[0] = 0x20;
	hear_bytes(bytes, sizeof(bytes), 2);
	CHECK_INT(counters[BFD_TAKEN], 1);
	CHECK_INT(bench.d.bfds[0].state, BFD_INIT);
	confs[0].max_hops = -1;
	hear_bytes(bytes, sizeof(bytes), 254);
	CHECK_INT(counters[BFD_TAKEN], 2);
	bfd_stop(&bench.d, &bench.d.bfds[0]);
	bench_note(&bench);
	refuse(bytes, 0, BFD_STOPPING);
}

/* From nothing to Up: what is sent, when, and what those who track it do. */
static void
test_life(void)
{
	struct bench *b = &bench;
	struct bfd *s;
	const uint8_t *last = NULL;

	bfd_bench();
	bench_start(b);
	s = &b->d.bfds[0];
	CHECK_INT(sent(&last), 1);		/* at once */
	CHECK_INT(last[9] >> 6, BFD_DOWN);
	CHECK_INT(state(&bench, 0), VR_FAULT);
	b->mark = b->count;
	bench_run(b, 10 * SECOND_US);
	CHECK(sent(&last) >= 10 && sent(&last) <= 13);	/* idle_tx */
	b->mark = b->count;
	hear_bytes(good, sizeof(good), 0);
	CHECK_INT(s->state, BFD_INIT);
	CHECK_INT(sent(&last), 1);		/* told at once */
	CHECK_INT(last[9], BFD_INIT << 6);
	CHECK_BYTES(last + 16, good + 4, 4);
	CHECK(ip_equal(&s->source, &(struct ip){ { 10, 0, 0, 1 }, 4 }));
	CHECK_INT(state(&bench, 0), VR_FAULT);
	b->mark = b->count;
	hear(BFD_INIT, 0);
	CHECK_INT(s->state, BFD_UP);
	CHECK_INT(sent(&last), 1);
	CHECK_INT(last[9], BFD_UP << 6 | BFD_POLL);
	CHECK_INT(state(&bench, 0), VR_BACKUP);
	b->mark = b->count;
	hear(BFD_UP, BFD_POLL);
	CHECK_INT(sent(&last), 1);		/* an answer, and no poll */
	CHECK_INT(last[9], BFD_UP << 6 | BFD_FINAL);
	CHECK(s->polling);
	b->mark = b->count;
	bench_run(b, SECOND_US);	/* the neighbour takes 100 ms */
	CHECK(sent(&last) >= 10 && sent(&last) <= 14);
	CHECK_INT(last[9], BFD_UP << 6 | BFD_POLL);
	hear(BFD_UP, BFD_FINAL);
	CHECK(!s->polling);
	b->mark = b->count;
	bench_run(b, SECOND_US / 5);
	CHECK(sent(&last) >= 1);
	CHECK_INT(last[9], BFD_UP << 6);
}

/* Silence, being told, and AdminDown: a fault each but the last. */
static void
test_failures(void)
{
	struct bench *b = &bench;
	struct event time = { .kind = EVENT_TIME };
	const uint8_t *last = NULL;

	come_up();			/* detection: 3 * 1 s, as it sends */
	bench_run(b, 3 * SECOND_US - 1);
	CHECK_INT(b->d.bfds[0].state, BFD_UP);
	CHECK(state(&bench, 0) != VR_FAULT);
	b->now += 10;
	bench_feed(b, &time);		/* something may be unread */
	CHECK_INT(b->d.bfds[0].state, BFD_UP);
	b->mark = b->count;
	bench_run(b, 0);
	CHECK_INT(b->d.bfds[0].state, BFD_DOWN);
	CHECK_INT(state(&bench, 0), VR_FAULT);
	CHECK_INT(sent(&last), 1);
	CHECK_INT(last[8] & 0x1f, BFD_SILENCE);
	CHECK_INT(last[9] >> 6, BFD_DOWN);
	CHECK_INT(last[16] | last[17] | last[18] | last[19], 0);

	come_up();
	hear(BFD_DOWN, 0);
	CHECK_INT(state(&bench, 0), VR_FAULT);
	CHECK_INT(b->d.bfds[0].diagnostic, BFD_TOLD);

	come_up();
	hear(BFD_ADMIN_DOWN, 0);
	CHECK_INT(b->d.bfds[0].state, BFD_DOWN);
	CHECK_INT(track_status(&b->d, &b->tracks[0][0]), CHECK_GOOD);
	bench_run(b, 20 * SECOND_US);
	CHECK(state(&bench, 0) == VR_MASTER);
	hear(BFD_DOWN, 0);
	CHECK_INT(b->d.bfds[0].state, BFD_INIT);
	CHECK(state(&bench, 0) == VR_MASTER);
	bench_run(b, 4 * SECOND_US);		/* and is silent then */
	CHECK_INT(state(&bench, 0), VR_FAULT);
}

/*
 * A neighbour whose state and ours change each other as fast as packets go: ten
 * changes a second are told at once, and what is then told when it is time is
 * how things stand.
 */
static void
test_hurry(void)
{
	struct bench *b = &bench;
	const uint8_t *last = NULL;

	come_up();
	bench_run(b, 1100 * MS_US);
	b->mark = b->count;
	for (int i = 0; i < 500; i++) {
		b->now += MS_US;
		hear(BFD_DOWN, 0);	/* Down; then Init, Up */
		hear(BFD_DOWN, 0);
		hear(BFD_INIT, 0);
	}
	CHECK(sent(&last) >= 10);
	CHECK(sent(&last) <= 11);
	hear(BFD_DOWN, 0);
	b->mark = b->count;
	bench_run(b, SECOND_US);
	CHECK(sent(&last) >= 1);
	CHECK_INT(last[9] >> 6, BFD_DOWN);
	b->mark = b->count;
	hear(BFD_DOWN, 0);		/* the next second */
	CHECK_INT(sent(&last), 1);
	CHECK_INT(last[9] >> 6, BFD_INIT);
}

/*
 * What the neighbour takes changes, and with it at once when we send next
 * (RFC 5880 6.8.7): from one a second to one in 20 ms, and to none.
 */
static void
test_pace(void)
{
	static const uint8_t takes[][4] = { { 0, 0x0f, 0x42, 0x40 },
	    { 0, 0, 0x4e, 0x20 }, { 0, 0, 0, 0 } };
	struct bench *b = &bench;
	uint8_t bytes[BFD_LENGTH];
	const uint8_t *last;
	struct packer p;

	come_up();
	for (size_t i = 0; i < COUNT_OF(takes); i++) {
		memcpy(bytes, good, sizeof(bytes));
		bytes[1] = BFD_UP << 6 | BFD_FINAL;
		p = packer_over(bytes + 8, 4);
		packer_u32(&p, b->d.bfds[0].mine);
		memcpy(bytes + 16, takes[i], 4);
		hear_bytes(bytes, sizeof(bytes), 0);
		b->mark = b->count;
		bench_run(b, 20 * MS_US);
		CHECK_INT(sent(&last) > 0, i == 1);
	}
}

/* A weight moves the priority instead. */
static void
test_weight(void)
{
	struct bench *b = &bench;

	bfd_bench();
	b->tracks[0][0].weight = -20;
	bench_start(b);
	CHECK_INT(b->d.vrs[0].machine.priority, b->vrs[0].priority - 20);
	hear(BFD_DOWN, 0);
	hear(BFD_INIT, 0);
	CHECK_INT(b->d.vrs[0].machine.priority, b->vrs[0].priority);
	CHECK_STR(track_name(&b->conf, &b->tracks[0][0]), "near");
}

/* No two sessions have one discriminator or one port, and -B has none. */
static void
test_start(void)
{
	static struct conf_bfd many[300];
	struct bench *b = &bench;
	const uint8_t *last;

	bfd_bench();
	for (int i = 0; i < 300; i++) {
		many[i] = confs[0];
		many[i].neighbor.bytes[2] = (uint8_t)(i >> 8);
		many[i].neighbor.bytes[3] = (uint8_t)i;
	}
	b->conf.bfds = many;
	b->conf.bfd_count = 300;
	bench_start(b);
	for (int i = 0; i < 300; i++) {
		CHECK(b->d.bfds[i].mine != 0);
		for (int k = 0; k < i; k++) {
			if ((b->d.bfds[i].mine ^ b->d.bfds[k].mine) % 16384 ==
			    0)
				CHECK(false);
		}
	}
	bfd_bench();
	confs[0].passive = true;
	bench_start(b);
	bench_run(b, 5 * SECOND_US);
	CHECK_INT(sent(&last), 0);
	hear(BFD_DOWN, 0);
	CHECK_INT(sent(&last), 1);
	bfd_bench();
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	b->d.no_bfd = true;
	daemon_start(&b->d, b->now, 0);
	bench_run(b, 5 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_UDP), 0);
	hear_bytes(good, sizeof(good), 0);
	CHECK_INT(b->d.counters.bfd[BFD_NO_SESSION], 1);
}

/* Up and down are told of, and nothing between them. */
static void
test_told(void)
{
	struct bench *b = &bench;

	bfd_bench();
	bench_start(b);
	bench_watch(b);
	hear(BFD_DOWN, 0);
	CHECK_INT(b->d.bfds[0].state, BFD_INIT);
	CHECK(!is_logged(b, "bfd_instance"));
	hear(BFD_INIT, 0);
	CHECK(is_logged(b, "bfd_instance near: up"));
	bench_watch(b);
	hear(BFD_DOWN, 0);
	CHECK(is_logged(b, "bfd_instance near: down: it says so"));
	bench_watch(b);
	hear(BFD_DOWN, 0);
	CHECK_INT(b->d.bfds[0].state, BFD_INIT);
	CHECK(!is_logged(b, "bfd_instance"));
}

/* A reload keeps what is the same, ends what is not, and begins what is new. */
static void
test_reload(void)
{
	struct bench *b = &bench;
	static struct daemon next;
	static struct conf conf, again;
	static struct conf_bfd changed[3], other[3];
	const uint8_t *last = NULL;
	uint32_t mine;

	come_up();
	mine = b->d.bfds[0].mine;
	memcpy(changed, confs, sizeof(confs));
	changed[0] = confs[1];
	changed[1] = confs[0];
	changed[1].name = "renamed";
	changed[1].weight = 5;
	conf = b->conf;
	conf.bfds = changed;
	b->tracks[0][0].index = 1;
	CHECK(daemon_build(&next, &b->arena, &conf, &b->out));
	b->mark = b->count;
	daemon_retire(&b->d, &next, b->now);
	bench_note(b);
	CHECK_INT(sent(&last), 0);
	CHECK(arena_reserve(&b->arena, daemon_heritage(&b->d)));
	daemon_inherit(&next, &b->d, &b->arena, b->now);
	CHECK_INT(next.bfds[1].mine, mine);
	CHECK_INT(next.bfds[1].state, BFD_UP);
	CHECK(next.bfds[1].conf == &changed[1]);
	CHECK_INT(next.bfds[1].status, CHECK_GOOD);
	CHECK(next.bfds[1].timer.slot != NO_SLOT);
	b->d = next;
	for (uint32_t i = 0; i < b->d.heap_count; i++)
		CHECK(b->d.heap[i]->slot == i);
	/* another source is another session: the old one says goodbye */
	memcpy(other, changed, sizeof(changed));
	other[1].source = bench_ip("10.0.0.1");
	again = conf;
	again.bfds = other;
	CHECK(daemon_build(&next, &b->arena, &again, &b->out));
	b->mark = b->count;
	daemon_retire(&b->d, &next, b->now);
	bench_note(b);
	CHECK_INT(sent(&last), 1);
	CHECK_INT(last[9] >> 6, BFD_ADMIN_DOWN);
	CHECK_INT(last[8] & 0x1f, BFD_STOPPED);
	CHECK(arena_reserve(&b->arena, daemon_heritage(&b->d)));
	daemon_inherit(&next, &b->d, &b->arena, b->now);
	CHECK(next.bfds[1].mine != 0 && next.bfds[1].mine != mine);
	CHECK_INT(next.bfds[1].state, BFD_DOWN);
	CHECK(next.bfds[1].timer.slot != NO_SLOT);
}

/* Reloads with the first session changed to this; 0: what it sends at once. */
static const uint8_t *
retime(struct bench *next, const struct conf_bfd *to)
{
	static struct conf_bfd changed[3];
	struct bench *b = &bench;
	const uint8_t *last = NULL;

	bench_conf(next, 1);
	memcpy(changed, confs, sizeof(confs));
	changed[0] = *to;
	next->conf = b->conf;
	next->conf.bfds = changed;
	bench_reload(b, next);
	for (int i = 0; bench_find(next, EFFECT_UDP, i) != NULL; i++) {
		const struct noted *noted = bench_find(next, EFFECT_UDP, i);

		if (ip_equal(&noted->effect.destination, &to->neighbor))
			last = noted->bytes + IP4_HEADER;
	}
	return last;
}

/*
 * RFC 5880 6.8.3: other times in a session that is up are polled for; until the
 * neighbour confirms them, we send no less often and wait no less long.
 */
static void
test_retimed(void)
{
	static const struct {
		uint32_t rx, tx;		/* in ms; before: 50, 20 */
		uint8_t multiplier;
		bool polls;
		usec_t interval[2], detection[2]; /* before and after, in ms */
	} rows[] = {
		{ 50, 20, 3, false, { 100, 100 }, { 3000, 3000 } },
		{ 50, 20, 4, true, { 100, 100 }, { 3000, 3000 } },
		{ 50, 200, 3, true, { 100, 200 }, { 3000, 3000 } },
		{ 50, 110, 3, true, { 100, 110 }, { 3000, 3000 } },
		{ 2000, 20, 3, true, { 100, 100 }, { 6000, 6000 } },
	};
	static struct bench next;
	struct bench *b = &bench;
	struct conf_bfd to;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint8_t *last;
		struct bfd *session;
		uint32_t mine;

		come_up();
		hear(BFD_UP, BFD_FINAL);
		CHECK_INT(state(b, 0), VR_BACKUP);
		mine = b->d.bfds[0].mine;
		to = confs[0];
		to.min_rx_us = rows[i].rx * MS_US;
		to.min_tx_us = rows[i].tx * MS_US;
		to.multiplier = rows[i].multiplier;
		last = retime(&next, &to);
		session = &next.d.bfds[0];
		CHECK_INT(state(&next, 0), VR_BACKUP);
		CHECK_INT(session->mine, mine);
		CHECK_INT(session->state, BFD_UP);
		CHECK_INT(last != NULL, rows[i].polls);
		CHECK_INT(session->polling, rows[i].polls);
		if (last != NULL) {
			CHECK_INT(last[9], BFD_UP << 6 | BFD_POLL);
			CHECK_INT(last[10], rows[i].multiplier);
			CHECK_INT(last[20] << 24 | last[21] << 16 |
			    last[22] << 8 | last[23], to.min_tx_us);
			CHECK_INT(last[24] << 24 | last[25] << 16 |
			    last[26] << 8 | last[27], to.min_rx_us);
		}
		for (int after = 0; after < 2; after++) {
			CHECK_INT(bfd_interval(session),
			    rows[i].interval[after] * MS_US);
			CHECK_INT(bfd_detection_time(session),
			    rows[i].detection[after] * MS_US);
			bfd_settle(session);
		}
	}
	/* what the neighbour may send more often, it does not do yet */
	come_up();
	confs[0].min_rx_us = 10 * SECOND_US;
	hear(BFD_UP, 0);
	CHECK_INT(b->d.bfds[0].rx_us, 50000);
	CHECK(b->d.bfds[0].polling);
	hear(BFD_UP, BFD_FINAL);
	CHECK_INT(b->d.bfds[0].rx_us, 10 * SECOND_US);
	CHECK(!b->d.bfds[0].polling);
	to = confs[0];
	to.min_rx_us = 50000;
	(void)retime(&next, &to);
	CHECK_INT(bfd_detection_time(&next.d.bfds[0]), 30 * SECOND_US);
	bfd_settle(&next.d.bfds[0]);
	CHECK_INT(bfd_detection_time(&next.d.bfds[0]), 3 * SECOND_US);
}

/* At a stop the neighbour is told, once, and hears no failure after that. */
static void
test_stop(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };
	const uint8_t *last = NULL;

	come_up();
	b->mark = b->count;
	bench_feed(b, &stop);
	bench_note(b);
	CHECK_INT(sent(&last), 1);
	CHECK_INT(last[9] >> 6, BFD_ADMIN_DOWN);
	CHECK_INT(last[8] & 0x1f, BFD_STOPPED);
	hear(BFD_DOWN, 0);
	CHECK_INT(b->d.counters.bfd[BFD_STOPPING], 1);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(b->d.bfds[0].state, BFD_ADMIN_DOWN);
	bfd_bench();
	bench_start(b);
	b->mark = b->count;
	bench_feed(b, &stop);		/* and nobody who never spoke */
	bench_note(b);
	CHECK_INT(sent(&last), 0);
}

/* Who stops says so, once, to whom it has met; that is no final answer. */
static void
test_stopped(void)
{
	static const struct { uint32_t mine, yours; uint8_t state; int sent; }
	    rows[] = {
		{ 5, 7, BFD_UP, 1 }, { 1, 1, BFD_DOWN, 1 },
		{ 5, 0, BFD_DOWN, 0 }, { 5, 7, BFD_ADMIN_DOWN, 0 },
		{ 0, 7, BFD_DOWN, 0 },
	};
	struct bench *b = &bench;
	const uint8_t *last = NULL;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bfd *session;
		uint32_t before;
		bool stops = rows[i].mine != 0 &&
		    rows[i].state != BFD_ADMIN_DOWN;

		bfd_bench();
		bench_start(b);
		session = &b->d.bfds[0];
		session->mine = rows[i].mine;
		session->yours = rows[i].yours;
		session->state = rows[i].state;
		session->diagnostic = BFD_TOLD;
		before = b->d.counters.bfd[BFD_SENT];
		bench_watch(b);
		bfd_stop(&b->d, session);
		bench_note(b);
		CHECK_INT(sent(&last), rows[i].sent);
		CHECK_INT(b->d.counters.bfd[BFD_SENT], before +
		    (uint32_t)rows[i].sent);
		CHECK_INT(session->state, stops ? BFD_ADMIN_DOWN :
		    rows[i].state);
		CHECK_INT(session->diagnostic, stops ? BFD_STOPPED : BFD_TOLD);
		if (rows[i].sent)
			CHECK_INT(last[9] & 0xdf, BFD_ADMIN_DOWN << 6);
	}
}

/* A silent neighbour may have spoken: what came is read before it is judged. */
static void
test_reads_first(void)
{
	struct bench *b = &bench;
	struct event time = { .kind = EVENT_TIME };
	struct bfd *session;
	usec_t silent;

	for (int drained = 0; drained < 2; drained++) {
		come_up();
		session = &b->d.bfds[0];
		b->d.bfds[1].send_at = b->d.bfds[2].send_at = NEVER;
		silent = session->detect_at;
		time.drained = false;		/* it only sends until then */
		while (session->send_at < silent) {
			b->now = session->send_at;
			bench_feed(b, &time);
			bench_note(b);
			CHECK(session->timer.due > b->now);
		}
		CHECK_INT(session->state, BFD_UP);
		b->now = silent;
		time.drained = drained;
		bench_feed(b, &time);
		CHECK_INT(session->state, drained ? BFD_DOWN : BFD_UP);
		CHECK(session->timer.slot != NO_SLOT);
		CHECK(drained || daemon_deadline(&b->d) <= b->now);
	}
}

/* Each session is found, and has a discriminator that is no other one's. */
static void
test_found(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_BFD };
	struct daemon twin;

	bfd_bench();
	bench_start(b);
	for (uint32_t i = 0; i < 3; i++) {
		event.index = i > 0;
		event.source = confs[i].neighbor;
		CHECK(bfd_find(&b->d, &event, 0) == &b->d.bfds[i]);
		CHECK(bfd_find(&b->d, &event, b->d.bfds[i].mine) ==
		    &b->d.bfds[i]);
		CHECK_INT(b->d.bfds[i].state, BFD_DOWN);
		CHECK_INT(b->d.bfds[i].diagnostic, 0);
	}
	event.source = bench_ip("10.0.0.99");
	CHECK(bfd_find(&b->d, &event, 0) == NULL);
	twin = b->d;			/* what comes next is taken already */
	b->d.bfds[0].mine = daemon_random(&twin);
	b->d.bfds[2].mine = 0;
	bfds_start(&b->d, b->now);
	CHECK(b->d.bfds[2].mine != 0);
	CHECK(b->d.bfds[2].mine != b->d.bfds[0].mine);
}

int
main(void)
{
	bfd_bench();
	test_transitions();
	test_demand();
	test_decode();
	test_decode_bits();
	test_encode();
	test_times();
	test_refusals();
	test_life();
	test_failures();
	test_hurry();
	test_pace();
	test_weight();
	test_start();
	test_told();
	test_reload();
	test_retimed();
	test_stop();
	test_stopped();
	test_reads_first();
	test_found();
	return check_end("bfd");
}
