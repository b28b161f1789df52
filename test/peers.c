/* SPDX-License-Identifier: ISC */
/*
 * Goal: every router that is heard is known with what it says and what is wrong
 * with that; what is wrong is told of, and never becomes a flood of lines.
 * Method: a daemon on a bench (core.h) hears others; rows of `peers' and lines
 * of the log are counted and read.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include <time.h>

#include "check.h"
#include "core.h"

static struct bench bench, second;
static char answer[64 * 1024];
static uint8_t (*macs)[6];	/* that were seen; NULL: nobody looked */

/* The whole answer to peers, about an instance or all. */
static const char *
peers(struct bench *b, enum report_format format, const char *name)
{
	struct report r = { .command = COMMAND_PEERS,
	    .format = (uint8_t)format, .macs = macs };
	struct text t = text_over(answer, sizeof(answer));

	strcpy(r.name, name);
	while (report_piece(&t, &r, &b->d, b->now))
		continue;
	return text_end(&t);
}

/* Starts a Backup that expects an advertisement a second, in version 3. */
static void
peers_start(struct bench *b, bool strangers)
{
	bench_conf(b, 2);
	b->vrs[0].version = b->vrs[1].version = 3;
	b->conf.global.log_unknown_vrids = strangers;
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_watch(b);
}

/* The speaker in the n-th place of an instance's list. */
static const struct speaker *
speaker(const struct bench *b, int i, int n)
{
	uint32_t at = b->d.vrs[i].first_speaker;

	while (at != 0 && n-- > 0)
		at = b->d.speakers[at].next;
	return at == 0 ? NULL : &b->d.speakers[at];
}

/* C-076: two that take turns are told of once each, not once a packet. */
static void
check_turns(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;
	int told = 0;

	peers_start(b, false);
	sender = b->vrs[0];
	sender.interval_us = 2 * SECOND_US;
	for (int i = 0; i < 50; i++) {
		bench_advert_of(b, &sender, (uint8_t)(8 + i % 2), 200);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_interval_differs), 50);
	CHECK_INT(speaker(b, 0, 1)->heard, 25);
	CHECK(is_logged(b, "10.0.0.8: advertisement accepted: interval differs "
	    "from ours"));
	CHECK(is_logged(b, "10.0.0.9: advertisement accepted: interval differs "
	    "from ours (2 so far)"));
	CHECK_INT(bench_count(b, EFFECT_LOG), 3);	/* INIT -> BACKUP too */
	for (int i = 0; i < bench_count(b, EFFECT_FIFO); i++)
		told += strcmp(bench_line(b, EFFECT_FIFO, i),
		    "INSTANCE \"VI_1\" PEER_TROUBLE 100") == 0;
	CHECK_INT(told, 2);
}

/* What goes on is told of after 1 minute, 4 more, 16 more, with a count. */
static void
check_growing(void)
{
	static const int at_s[] = { 0, 60, 300, 1260, 5100, 20460, 81900,
	    143340 };
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, false);
	sender = b->vrs[0];
	sender.interval_us = 2 * SECOND_US;
	sender.address_count = 1;
	bench_run(b, 0);
	for (int s = 0, said = 0; s < 150000; s++) {
		bench_watch(b);
		bench_advert_of(b, &sender, 9, 200);
		if (said < (int)COUNT_OF(at_s) && s == at_s[said]) {
			CHECK_INT(bench_count(b, EFFECT_LOG), 1);
			said++;
		} else if (s > 0 && bench_count(b, EFFECT_LOG) > 0) {
			CHECK_INT(s, -1);
		}
		bench_run(b, SECOND_US);
	}
	CHECK_INT(speaker(b, 0, 0)->heard, 150000);
}

/* Two conditions of one router are both told of, each time. */
static void
check_both(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;
	struct conf_address other = b->addresses[0][0];

	peers_start(b, false);
	sender = b->vrs[0];
	sender.interval_us = 2 * SECOND_US;
	other.ip = bench_ip("10.0.0.77");
	other.prefix = 24;
	sender.addresses = &other;
	sender.address_count = 1;
	for (int second_s = 0; second_s < 200; second_s++) {
		bench_watch(b);
		bench_advert_of(b, &sender, 9, 200);
		if (second_s == 60)
			CHECK(is_logged(b, "address list differs (61 so far)"));
		if (second_s > 0)
			CHECK_INT(bench_count(b, EFFECT_LOG),
			    second_s == 60 ? 2 : 0);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(speaker(b, 0, 0)->troubles, (uint64_t)1 <<
	    COUNT_interval_differs | (uint64_t)1 << COUNT_address_list);
	bench_advert_of(b, &b->vrs[0], 9, 200);
	CHECK_INT(speaker(b, 0, 0)->troubles, 0);
}

/*
 * Invented senders neither flood the log nor drive out who was accepted, and
 * leave other instances what they know.
 */
static void
check_invented(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, false);
	bench_hear(b, &b->vrs[0], 2, "10.0.0.9", "224.0.0.18", 200, true);
	CHECK(speaker(b, 0, 0)->plain);
	bench_advert_of(b, &b->vrs[1], 7, 200);
	sender = b->vrs[0];
	sender.version = 2;
	bench_watch(b);
	for (int i = 0; i < 1000; i++) {
		char from[16];

		snprintf(from, sizeof(from), "10.0.%d.%d", 1 + i / 250,
		    i % 250);
		bench_hear(b, &sender, 2, from, "224.0.0.18", 200, false);
		b->now += MS_US;
	}
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_version), 1000);
	CHECK_INT(bench_count(b, EFFECT_LOG), SPEAKERS_MOST - 1);
	CHECK_INT(speaker(b, 0, 0)->source.bytes[3], 9);
	CHECK_INT(speaker(b, 0, 0)->heard, 1);
	CHECK(speaker(b, 0, SPEAKERS_MOST - 1) != NULL);
	CHECK(speaker(b, 0, SPEAKERS_MOST) == NULL);
	CHECK_INT(speaker(b, 1, 0)->source.bytes[3], 7);
	CHECK(speaker(b, 1, 1) == NULL);
	/* the newest of them took the place of the oldest */
	for (int n = 1; n < SPEAKERS_MOST; n++)
		CHECK(speaker(b, 0, n)->source.bytes[2] == 4 &&
		    speaker(b, 0, n)->source.bytes[3] >= 243 &&
		    speaker(b, 0, n)->heard == 1);
	/* a day later the one that was accepted has to go, too */
	bench_run(b, 2 * ACCEPTED_WORTH_US);
	for (int i = 0; i < SPEAKERS_MOST; i++) {
		char from[16];

		snprintf(from, sizeof(from), "10.1.1.%d", i);
		bench_hear(b, &sender, 2, from, "224.0.0.18", 200, false);
	}
	CHECK_INT(speaker(b, 0, 0)->source.bytes[1], 1);
	CHECK(!speaker(b, 0, 0)->plain);	/* that was the other's form */
}

/* When the table is full, senders share the entry that is in no list. */
static void
check_no_room(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, false);
	b->d.speaker_capacity = 1;
	bench_advert_of(b, &b->vrs[0], 9, 200);
	sender = b->vrs[1];
	sender.version = 2;
	bench_watch(b);
	for (int i = 0; i < 20; i++)
		bench_advert_of(b, &sender, (uint8_t)(20 + i), 200);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_version), 20);
	CHECK_INT(b->d.vrs[1].first_speaker, 0);
	CHECK_INT(speaker(b, 0, 0)->source.bytes[3], 9);
	CHECK(speaker(b, 0, 1) == NULL);
}

/* As many peers as are configured have room, beside those that are not. */
static void
check_room_for_peers(void)
{
	static struct conf_peer conf_peers[20];
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->vrs[0].peers = conf_peers;
	b->vrs[0].peer_count = COUNT_OF(conf_peers);
	b->vrs[0].check_unicast_source = true;
	for (unsigned i = 0; i < COUNT_OF(conf_peers); i++) {
		conf_peers[i].ip = bench_ip("10.0.0.100");
		conf_peers[i].ip.bytes[3] = (uint8_t)(100 + i);
		conf_peers[i].ttl_max = 255;
	}
	bench_start(b);
	for (int i = 0; i < 60; i++) {
		char from[16];

		snprintf(from, sizeof(from), "10.0.0.%d", 119 - i);
		bench_hear(b, &b->vrs[0], 2, from, "10.0.0.1", 200, false);
	}
	CHECK(speaker(b, 0, 27) != NULL);
	CHECK(speaker(b, 0, 28) == NULL);
	for (int n = 0; n < 20; n++)
		CHECK_INT(speaker(b, 0, n)->source.bytes[3], 119 - n);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_not_peer), 40);
	CHECK_INT(b->d.speaker_capacity, STRANGERS_MOST + 2 + 20);
}

/* A reload loses nobody. */
static void
check_reload(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, true);
	bench_advert_of(b, &b->vrs[0], 9, 200);
	bench_advert_of(b, &b->vrs[0], 8, 250);
	bench_advert_of(b, &b->vrs[0], 9, 200);
	bench_advert_of(b, &b->vrs[1], 7, 200);
	sender = b->vrs[1];
	sender.vrid = 99;
	bench_advert_of(b, &sender, 6, 200);
	bench_conf(&second, 2);
	second.vrs[0].version = second.vrs[1].version = 3;
	second.conf.global.log_unknown_vrids = true;
	bench_reload(b, &second);
	CHECK_INT(speaker(&second, 0, 0)->source.bytes[3], 9);
	CHECK_INT(speaker(&second, 0, 0)->heard, 2);
	CHECK_INT(speaker(&second, 0, 1)->source.bytes[3], 8);
	CHECK_INT(speaker(&second, 1, 0)->source.bytes[3], 7);
	CHECK(speaker(&second, 1, 1) == NULL);
	CHECK_INT(second.d.speaker_count, 4);
	CHECK_INT(second.d.speakers[second.d.first_stranger].vrid, 99);
	bench_advert_of(&second, &second.vrs[0], 5, 250);
	CHECK_INT(speaker(&second, 0, 2)->source.bytes[3], 5);
	/* or, without room, whom it can */
	second.d.speaker_count = 0;
	second.d.speaker_capacity = 1;
	CHECK_INT(speakers_inherit(&second.d, &b->d,
	    b->d.vrs[0].first_speaker), 1);
	CHECK_INT(second.d.speakers[1].next, 0);
}

/* A stranger is told of for each of its VRIDs, however they alternate. */
static void
check_strangers(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, true);
	bench_run(b, 0);
	bench_watch(b);
	for (int i = 0; i < 40; i++) {
		sender = b->vrs[0];
		sender.vrid = (uint8_t)(90 + i % 2);
		bench_advert_of(b, &sender, (uint8_t)(8 + i / 2 % 2), 200);
	}
	CHECK_INT(bench_count(b, EFFECT_LOG), 4);
	CHECK(is_logged(b, "10.0.0.9 advertises VRID 91, which is not "
	    "configured"));
}

#define CROWD	3000

/* Rows of many peers, every other one heard, cost no more than their square. */
static void
check_many(void)
{
	static struct conf_peer all[CROWD];
	static struct speaker speakers[CROWD / 2 + 1];
	struct conf_vr conf_vr = { .vrid = 1, .peers = all,
	    .peer_count = CROWD };
	struct vr vr = { .conf = &conf_vr, .first_speaker = 1 };
	struct conf conf = { .vr_count = 1 };
	struct daemon d = { .conf = &conf, .vrs = &vr, .speakers = speakers };
	struct peer_row row;
	uint32_t next = 0, heard = 0, silent = 0;
	clock_t begun = clock();

	for (unsigned i = 0; i < CROWD; i++) {
		all[i].ip = (struct ip){ { 10, (uint8_t)(i >> 8), (uint8_t)i },
		    4 };
		if (i % 2 == 0)
			continue;
		speakers[i / 2 + 1].source = all[i].ip;
		speakers[i / 2 + 1].next = i + 1 < CROWD ? i / 2 + 2 : 0;
	}
	for (; peer_row(&d, 0, &next, &row); row.speaker != NULL ? heard++ :
	    silent++) {
		if (row.speaker == NULL)
			CHECK_INT(row.ip.bytes[2], 2 * silent % 256);
		else
			CHECK_INT(row.ip.bytes[2], (2 * heard + 1) % 256);
	}
	CHECK_INT(heard, CROWD / 2);
	CHECK_INT(silent, CROWD / 2);
	CHECK((clock() - begun) / CLOCKS_PER_SEC < 2);
	CHECK(!peer_row(&d, 1, &(uint32_t){ 0 }, &row));
}

/* The rows, for people and for programs. */
static void
check_answers(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	peers_start(b, true);
	CHECK_STR(peers(b, REPORT_JSON, ""), "[]\n");
	CHECK_STR(peers(b, REPORT_TEXT, ""), "");
	sender = b->vrs[0];
	sender.interval_us = 250000;
	bench_advert_of(b, &sender, 8, 150);
	bench_advert_of(b, &b->vrs[0], 9, 200);
	sender.version = 2;
	sender.interval_us = 3 * SECOND_US;
	bench_advert_of(b, &sender, 8, 151);
	sender.vrid = 77;
	bench_advert_of(b, &sender, 7, 1);
	b->now += 1500 * MS_US;
	CHECK_STR(peers(b, REPORT_TEXT, ""),
	    "NAME            VRID PEER                 PRIO V  INTERVAL AGE"
	    "       ADVERTS REFUSED REMARKS\n"
	    "VI_1            51   10.0.0.8             151  2  3        1.500s"
	    "    2       1       refused: other VRRP version\n"
	    "VI_1            51   10.0.0.9             200  3  1        1.500s"
	    "    1       0       MASTER\n"
	    "-               77   10.0.0.7             1    2  3        1.500s"
	    "    1       0       its VRID is not configured\n");
	CHECK_STR(peers(b, REPORT_JSON, "VI_1"),
	    "[{\"name\":\"VI_1\",\"vrid\":51,\"peer\":\"10.0.0.8\","
	    "\"master\":false,\"priority\":151,\"version\":2,"
	    "\"plain_checksum\":false,\"interval_seconds\":3,"
	    "\"age_seconds\":1.5,\"adverts\":2,\"refused\":1,"
	    "\"troubles\":[\"version\"]},"
	    "{\"name\":\"VI_1\",\"vrid\":51,\"peer\":\"10.0.0.9\","
	    "\"master\":true,\"priority\":200,\"version\":3,"
	    "\"plain_checksum\":false,\"interval_seconds\":1,"
	    "\"age_seconds\":1.5,\"adverts\":1,\"refused\":0,"
	    "\"troubles\":[]}]\n");
	CHECK_STR(peers(b, REPORT_TEXT, "VI_2"), "");
	CHECK_INT(vr_number(&b->d, &b->d.vrs[0], NUMBER_peers, b->now), 2);
	CHECK_INT(vr_number(&b->d, &b->d.vrs[0], NUMBER_peers_troubled,
	    b->now), 1);
	b->now += PEER_RECENT_US - 1500 * MS_US;
	CHECK_INT(vr_number(&b->d, &b->d.vrs[0], NUMBER_peers, b->now), 0);
	b->now--;
	CHECK_INT(vr_number(&b->d, &b->d.vrs[0], NUMBER_peers, b->now), 2);
}

/* A peer that was configured and never heard stands there; explain. */
static void
check_never_heard(void)
{
	struct conf_peer two[2] = { { .ip = bench_ip("10.0.0.2"),
	    .ttl_max = 255 }, { .ip = bench_ip("10.0.0.3"), .ttl_max = 255 } };
	struct bench *b = &bench;
	struct text t = text_over(answer, sizeof(answer));

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	b->vrs[0].unicast = true;
	b->vrs[0].peers = two;
	b->vrs[0].peer_count = 2;
	b->vrs[0].check_unicast_source = true;
	bench_start(b);
	bench_hear(b, &b->vrs[0], 2, "10.0.0.3", "10.0.0.1", 200, true);
	bench_hear(b, &b->vrs[0], 2, "10.0.0.4", "10.0.0.1", 200, false);
	CHECK_STR(peers(b, REPORT_TEXT, "VI_1"),
	    "NAME            VRID PEER                 PRIO V  INTERVAL AGE"
	    "       ADVERTS REFUSED REMARKS\n"
	    "VI_1            51   10.0.0.3             200  3  1        0.000s"
	    "    1       0       MASTER, plain checksum\n"
	    "VI_1            51   10.0.0.4             200  3  1        0.000s"
	    "    1       1       refused: sender is no configured peer\n"
	    "VI_1            51   10.0.0.2             -    -  -        -"
	    "         -       -       configured, never heard\n");
	explain(&t, &b->d, &b->d.vrs[0], b->now);
	CHECK(strstr(text_end(&t), "  The last advertisement of 10.0.0.4 was "
	    "refused: sender is no configured peer.\n") != NULL);
	CHECK(strstr(answer, "advertisement of 10.0.0.3") == NULL);
}

/* peers -m: the MAC address of who was seen, in a column of its own. */
static void
check_macs(void)
{
	static uint8_t seen[3][6] = { [2] = { 0, 0, 0x5e, 0, 1, 0x33 } };
	struct bench *b = &bench;

	peers_start(b, false);
	bench_advert_of(b, &b->vrs[0], 8, 200);
	bench_advert_of(b, &b->vrs[0], 9, 150);
	macs = seen;
	CHECK_STR(peers(b, REPORT_TEXT, "VI_1"),
	    "NAME            VRID PEER                 PRIO V  INTERVAL AGE"
	    "       ADVERTS REFUSED MAC               REMARKS\n"
	    "VI_1            51   10.0.0.8             200  3  1        0.000s"
	    "    1       0       -                 \n"
	    "VI_1            51   10.0.0.9             150  3  1        0.000s"
	    "    1       0       00:00:5e:00:01:33 MASTER\n");
	CHECK(strstr(peers(b, REPORT_JSON, "VI_1"), "\"10.0.0.9\",\"master\":"
	    "true,\"priority\":150,\"version\":3,\"plain_checksum\":false,"
	    "\"interval_seconds\":1,\"age_seconds\":0,"
	    "\"mac\":\"00:00:5e:00:01:33\",") != NULL);
	CHECK(strstr(strstr(answer, "\"mac\"") + 1, "\"mac\"") == NULL);
	macs = NULL;
}

/* A day more for the accepted, of equals the first goes, all is said anew. */
static void
check_worth(void)
{
	static struct speaker list[3];
	static struct daemon d = { .speakers = list };
	static const uint8_t message[8] = { 0x31, 9 };
	struct packet packet = { .message = message, .length = 8,
	    .source = { { 10, 0, 0, 9 }, 4 } };
	struct vr vr = { .logged = 5 };
	uint32_t head = 1;

	list[1] = list[2] = (struct speaker){ .heard_at = 5, .heard = 2,
	    .refused = 1 };
	CHECK_INT(speaker_worth(&list[1]), 5 + (usec_t)86400 * 1000000);
	list[1].next = 2;
	CHECK(speaker_find(&d, &head, 2, &packet) == &list[1]);
	CHECK_INT(speaker_worth(&list[1]), 5);
	speakers_forget(&d, &vr);
	CHECK_INT(vr.logged, 0);
}

int
main(void)
{
	check_worth();
	check_turns();
	check_growing();
	check_both();
	check_invented();
	check_no_room();
	check_room_for_peers();
	check_reload();
	check_strangers();
	check_many();
	check_answers();
	check_never_heard();
	check_macs();
	return check_end("peers");
}
