/* SPDX-License-Identifier: ISC */
/*
 * Goal: what a reload takes over goes on as it was, what it drops is given back
 * when its time has come, and nothing else is touched.
 * Method: two daemons on benches (core.h), one the successor of the other; each
 * kind of heritage by itself.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, second;

/* Builds the successor of what is in b: it knows the same interfaces. */
static struct daemon *
successor(struct bench *b, struct bench *next)
{
	next->out = effects_over(next->queue, sizeof(next->queue), NULL, NULL);
	next->now = b->now;
	if (!daemon_build(&next->d, &next->arena, &next->conf, &next->out))
		abort();
	for (int i = 0; i < next->conf.interface_count; i++)
		next->d.interfaces[i].ifindex = b->d.interfaces[i].ifindex;
	return &next->d;
}

/* The type of an orphan's request, and what stands `at' bytes behind it. */
static int
request_type(const struct orphan *orphan, size_t at, uint8_t *byte)
{
	struct nlmsghdr head;

	memcpy(&head, orphan->request, sizeof(head));
	CHECK_INT(head.nlmsg_len, orphan->length);
	CHECK_INT(head.nlmsg_seq, 0);
	*byte = orphan->request[sizeof(head) + at];
	return head.nlmsg_type;
}

/* The interface that a request is about. */
static uint32_t
request_interface(const struct orphan *orphan)
{
	uint32_t ifindex;

	memcpy(&ifindex, orphan->request + sizeof(struct nlmsghdr) + 4,
	    sizeof(ifindex));
	return ifindex;
}

/* -- addresses -- */

/* C-159: which address of a router that goes is to be removed, and when. */
static void
check_addresses(void)
{
	static const struct {
		uint8_t state;
		bool foreign;
		uint32_t ifindex;
		usec_t linger, when;	/* from now on; NEVER: not at all */
	} rows[] = {
		{ VIP_PRESENT, false, 2, NEVER, 0 },
		{ VIP_PRESENT, false, 1, NEVER, 0 },
		{ VIP_ASKED, false, 2, NEVER, 0 },
		{ VIP_REMOVING, false, 2, NEVER, 0 },
		{ VIP_PRESENT, false, 2, 70, 70 },
		{ VIP_PRESENT, true, 2, NEVER, NEVER },
		{ VIP_ABSENT, false, 2, NEVER, NEVER },
		{ VIP_PRESENT, false, 0, NEVER, NEVER },
	};
	struct bench *b = &bench, *next = &second;
	struct orphan orphans[2];
	struct daemon *d;
	uint8_t byte;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_begin(b, 2);
		b->d.interfaces[0].ifindex = rows[i].ifindex;
		b->d.vips[1].state = rows[i].state;
		b->d.vips[1].foreign = rows[i].foreign;
		b->d.vrs[1].linger_until = rows[i].linger == NEVER ? NEVER :
		    b->now + rows[i].linger;
		/* the other one goes on */
		b->d.vips[0].state = VIP_REMOVING;
		b->d.vips[0].foreign = i % 2;
		bench_conf(next, 1);
		d = successor(b, next);
		d->orphans = orphans;
		vips_inherit(d, &b->d, &next->arena, b->now);
		CHECK_INT(d->vips[0].state, VIP_REMOVING);
		CHECK_INT(d->vips[0].foreign, i % 2);
		CHECK_INT(d->orphan_count, rows[i].when != NEVER);
		if (rows[i].when == NEVER)
			continue;
		CHECK_INT(orphans[0].remove_at, b->now + rows[i].when);
		CHECK_INT(request_type(&orphans[0], 15, &byte), RTM_DELADDR);
		CHECK_INT(byte, 101);
		CHECK_INT(request_interface(&orphans[0]), rows[i].ifindex);
	}
}

/* An address of ours with other details comes anew, without alarm. */
static void
check_details(void)
{
	static struct conf_address_more label = { .label = "eth0:1" };
	struct bench *b = &bench, *next = &second;

	for (int row = 0; row < 5; row++) {
		bool changed = row > 0 && row < 4, foreign = row == 2;
		bool anew = row == 1 || row == 4;

		bench_conf(b, 2);
		bench_conf(next, 2);
		/* row 3: two have it, and change their minds */
		b->addresses[1][0].ip = b->addresses[0][0].ip;
		next->addresses[1][0].ip = b->addresses[0][0].ip;
		b->addresses[1][0].flags = ADDRESS_SCOPE;
		next->addresses[1][0].flags = ADDRESS_NOPREFIXROUTE;
		b->addresses[0][0].flags = ADDRESS_NOPREFIXROUTE;
		next->addresses[0][0].flags = changed ? ADDRESS_SCOPE :
		    ADDRESS_NOPREFIXROUTE;
		if (row == 4)
			next->addresses[0][0].more = &label;
		b->conf.vr_count = next->conf.vr_count = row == 3 ? 2 : 1;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		b->d.vips[0].foreign = foreign;
		bench_reload(b, next);
		bench_run(next, SECOND_US);
		CHECK_INT(state(next, 0), VR_MASTER);
		CHECK_INT(next->d.vips[0].state, VIP_PRESENT);
		/* of two, the second asks for what is there */
		CHECK_INT(bench_count(next, EFFECT_NETLINK), anew ? 2 :
		    row == 3 ? 1 : 0);
		CHECK(anew || bench_find(next, EFFECT_NETLINK, 0) ==
		    NULL || memcmp(bench_find(next, EFFECT_NETLINK, 0)->bytes +
		    4, &(uint16_t){ RTM_NEWADDR }, 2) == 0);
		CHECK(!is_logged(next, "removed"));
	}
}

/* -- links -- */

static struct conf_vmac its_vmac[2];
static struct conf_link its_links[2];

/* eth0 and eth2 of a bench are links of ours, of its two routers. */
static void
make_links(struct bench *b)
{
	for (uint16_t i = 0; i < 2; i++) {
		its_vmac[i] = (struct conf_vmac){ .kind = LINK_MACVLAN };
		snprintf(its_vmac[i].name, sizeof(its_vmac[i].name), "eth%u",
		    2U * i);
		its_links[i] = (struct conf_link){
		    .interface = (uint16_t)(2 * i), .vr = i,
		    .vmac = &its_vmac[i] };
		b->interfaces[2 * i].link = &its_links[i];
	}
	b->conf.links = its_links;
	b->conf.link_count = 2;
}

/* C-159: a link that nobody has any more goes, if it is ours to remove. */
static void
check_links(void)
{
	static const struct {
		bool there, ours, named;
		usec_t linger, when;
	} rows[] = {
		{ true, true, true, NEVER, 0 }, { true, true, true, 70, 70 },
		{ true, true, false, NEVER, 0 },
		{ true, false, true, NEVER, NEVER },
		{ false, true, true, NEVER, NEVER },
	};
	struct bench *b = &bench, *next = &second;
	struct orphan orphans[2];
	struct daemon *d;
	uint8_t byte;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct link old[2] = { { .there = true, .up = true,
		    .refused = true, .ours = i % 2 }, { .there = rows[i].there,
		    .ours = rows[i].ours } }, now[1] = { { .there = false } };

		bench_begin(b, 2);
		make_links(b);
		b->d.links = old;
		b->d.vrs[1].linger_until = rows[i].linger == NEVER ? NEVER :
		    b->now + rows[i].linger;
		b->d.interfaces[2].ifindex = 9;
		bench_conf(next, 1);
		next->interfaces[0].link = &its_links[0];
		next->conf.links = its_links;
		next->conf.link_count = 1;
		if (!rows[i].named)
			next->conf.interface_count = 2;
		d = successor(b, next);
		d->orphans = orphans;
		d->links = now;
		links_inherit(d, &b->d, &next->arena, b->now);
		CHECK(now[0].there && now[0].up && now[0].refused);
		CHECK_INT(now[0].ours, i % 2);
		CHECK_INT(d->orphan_count, rows[i].when != NEVER);
		b->conf.link_count = 0;
		if (rows[i].when == NEVER)
			continue;
		CHECK_INT(orphans[0].remove_at, b->now + rows[i].when);
		CHECK_INT(request_type(&orphans[0], 4, &byte), RTM_DELLINK);
		CHECK_INT(request_interface(&orphans[0]), 9);
		/* neither flags nor a change of any */
		CHECK_BYTES(orphans[0].request + 24, "\0\0\0\0\0\0\0\0", 8);
	}
}

/* -- what an earlier reload left -- */

static uint8_t rules[3][12] = { { 2, [4] = 5, [8] = FR_ACT_TO_TBL },
    { 2, [4] = 6, [8] = FR_ACT_TO_TBL }, { 2, [4] = 7, [8] = FR_ACT_TO_TBL } };
static struct conf_entry items[3];

/* The first n rules are those of a bench's first router. */
static void
make_rules(struct bench *b, uint32_t n)
{
	for (int i = 0; i < 3; i++)
		items[i] = (struct conf_entry){ .kind = ENTRY_RULE,
		    .text = "u", .vr = 0, .group = NONE, .body = rules[i],
		    .length = sizeof(rules[i]), .flags = NLM_F_CREATE };
	b->conf.entries = items;
	b->conf.entry_count = n;
	b->vrs[0].entry_count = n;
}

/* An orphan that would remove an address, or a rule by its number. */
static void
make_orphan(struct bench *b, struct orphan *orphan, uint8_t *request,
    const char *ip, int rule, usec_t remove_at)
{
	struct conf_address address = { .prefix = 24 };

	*orphan = (struct orphan){ .request = request,
	    .remove_at = remove_at };
	if (ip != NULL)
		address.ip = bench_ip(ip);
	orphan->length = (uint16_t)(ip != NULL ? nl_address_request(request,
	    128, false, &address, 2, 4711, 0) : nl_entry_request(request, 128,
	    false, &items[rule], b->d.interfaces, 4711));
}

/* What belongs to somebody again is there; what is gone is; the rest goes. */
static void
check_orphans(void)
{
	struct bench *b = &bench, *next = &second;
	struct orphan old[6], now[6];
	uint8_t requests[6][128], byte;
	struct daemon *d;

	bench_begin(b, 1);
	bench_conf(next, 2);
	make_rules(next, 2);
	d = successor(b, next);
	make_orphan(b, &old[0], requests[0], "10.0.0.200", 0, NEVER);
	make_orphan(b, &old[1], requests[1], "10.0.0.101", 0, b->now + 5);
	make_orphan(b, &old[2], requests[2], NULL, 1, b->now + 6);
	make_orphan(b, &old[3], requests[3], "10.0.0.201", 0, b->now + 7);
	make_orphan(b, &old[4], requests[4], NULL, 2, b->now + 8);
	make_orphan(b, &old[5], requests[5], "10.0.0.100", 0, NEVER);
	b->d.orphans = old;
	b->d.orphan_count = 6;
	d->orphans = now;
	orphans_inherit(d, &b->d, &next->arena);
	CHECK_INT(d->vips[0].state, VIP_ABSENT);
	CHECK_INT(d->vips[1].state, VIP_PRESENT);
	CHECK(d->vrs[1].dirty);
	CHECK_INT(d->entries[0].state, VIP_ABSENT);
	CHECK_INT(d->entries[1].state, VIP_PRESENT);
	CHECK(d->vrs[0].dirty);
	CHECK_INT(d->vrs[0].restore_at, NEVER);
	CHECK_INT(d->orphan_count, 2);
	CHECK_INT(now[0].remove_at, b->now + 7);
	CHECK_INT(request_type(&now[0], 15, &byte), RTM_DELADDR);
	CHECK_INT(byte, 201);
	CHECK_INT(now[1].remove_at, b->now + 8);
	CHECK_INT(request_type(&now[1], 4, &byte), RTM_DELRULE);
	CHECK_INT(byte, 7);
}

/* Of an entry, whoever has it looks at it at once. */
static void
check_entries(void)
{
	struct bench *b = &bench, *next = &second;
	struct daemon *d;

	bench_begin(b, 1);
	make_rules(b, 1);
	b->d.entries = (struct entry[]){ { .state = VIP_REFUSED,
	    .foreign = true, .told = true } };
	bench_conf(next, 1);
	make_rules(next, 2);
	d = successor(b, next);
	entries_inherit(d, &b->d, &next->arena, b->now);
	CHECK_INT(d->entries[0].state, VIP_REFUSED);
	CHECK(d->entries[0].foreign && d->entries[0].told);
	CHECK_INT(d->entries[1].state, VIP_ABSENT);
	CHECK(d->vrs[0].dirty);
	CHECK_INT(d->vrs[0].restore_at, NEVER);
	CHECK_INT(d->orphan_count, 0);
}

/* There is room for all that may be left, and it is looked at at once. */
static void
check_present(void)
{
	struct bench *b = &bench, *next = &second;
	struct orphan old;
	uint8_t request[128];
	struct daemon *d;

	for (int dumped = 0; dumped < 2; dumped++) {
		bench_begin(b, 1);
		make_links(b);
		make_rules(b, 1);
		b->d.entries = (struct entry[]){ { .state = VIP_PRESENT } };
		b->d.links = (struct link[]){ { .there = true, .ours = true },
		    { .there = true, .ours = true } };
		its_links[1].vr = 0;
		b->d.vips[0].state = VIP_PRESENT;
		make_orphan(b, &old, request, "10.0.0.200", 0, b->now);
		b->d.orphans = &old;
		b->d.orphan_count = 1;
		bench_conf(next, 1);
		next->addresses[0][0].ip = bench_ip("10.0.0.99");
		d = successor(b, next);
		d->dumped = dumped;
		present_inherit(d, &b->d, &next->arena, b->now);
		CHECK_INT(d->orphan_count, 5);
		CHECK(d->timer.slot != NO_SLOT);
		CHECK_INT(d->timer.due, 0);
		CHECK_INT(d->statics_at, dumped ? b->now : NEVER);
		/* one is enough; and nothing is left of nothing */
		b->d.entries[0].state = VIP_ABSENT;
		b->d.links[0].there = b->d.links[1].there = false;
		b->d.vips[0].state = VIP_ABSENT;
		d = successor(b, next);
		present_inherit(d, &b->d, &next->arena, b->now);
		CHECK_INT(d->orphan_count, 1);
		CHECK(d->timer.slot != NO_SLOT);
		old.remove_at = NEVER;
		d = successor(b, next);
		present_inherit(d, &b->d, &next->arena, b->now);
		CHECK_INT(d->orphan_count, 0);
		CHECK(d->timer.slot == NO_SLOT);
		b->conf.link_count = 0;
		b->conf.entry_count = 0;
	}
}

/* Without memory nothing is kept, and nothing breaks (daemon_heritage). */
static void
check_no_memory(void)
{
	struct bench *b = &bench, *next = &second;
	struct arena none = { .at = NULL };
	struct orphan orphans[1];
	struct daemon *d;

	bench_begin(b, 1);
	b->d.vips[0].state = VIP_PRESENT;
	bench_conf(next, 1);
	next->addresses[0][0].ip = bench_ip("10.0.0.99");
	d = successor(b, next);
	present_inherit(d, &b->d, &none, b->now);
	CHECK_INT(d->orphan_count, 0);
	d->orphans = orphans;
	orphan_add(d, &none, next->memory, 16, b->now);
	CHECK_INT(d->orphan_count, 0);
	orphan_add(d, &next->arena, next->memory, 0, b->now);
	CHECK_INT(d->orphan_count, 0);
	orphan_add(d, &next->arena, (const uint8_t *)"a", 1, b->now);
	CHECK_INT(d->orphan_count, 1);
	CHECK_INT(orphans[0].request[0], 'a');
}

/* -- interfaces -- */

/* A change that is held back is so after a reload; settings as now wanted. */
static void
check_interfaces(void)
{
	struct bench *b = &bench, *next = &second;

	for (int pending = 0; pending < 2; pending++) {
		struct interface *eth0;

		bench_begin(b, 1);
		b->kernel_obeys = false;
		b->d.interfaces[0].wants[SET_PROMOTE] = true;
		b->d.interfaces[0].settings[SET_PROMOTE] = 1;
		b->d.interfaces[0].before[SET_PROMOTE] = 0;
		if (pending)
			timer_wake(&b->d, &b->d.interfaces[0].timer,
			    b->now + 99);
		bench_conf(next, 1);
		next->vrs[0].promote_secondaries = pending;
		bench_reload(b, next);
		eth0 = &next->d.interfaces[0];
		CHECK_INT(eth0->wants[SET_PROMOTE], pending);
		CHECK_INT(eth0->settings[SET_PROMOTE], 1);
		CHECK_INT(eth0->timer.slot != NO_SLOT, pending);
		CHECK(!pending || eth0->timer.due == b->now + 99);
		CHECK(!pending || next->d.heap[eth0->timer.slot] ==
		    &eth0->timer);
		CHECK_INT(eth0->ifindex, 2);
		CHECK(eth0->first_address != NO_LOCAL);
		/* one that nobody names any more is set back */
		bench_conf(b, 1);
		memcpy(b->interfaces[0].name, "eth9", 5);
		bench_watch(next);
		b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
		CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
		interfaces_inherit(&b->d, &next->d);
		bench_note(next);
		CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
		CHECK_INT(b->d.interfaces[0].ifindex, 0);
		CHECK_INT(b->d.interfaces[1].ifindex, 3);
	}
}

/* -- scripts, files, processes -- */

/* Notify scripts: the running one, and those in the queue that there still are.
 */
static void
check_notifier(void)
{
	static const uint16_t none = NONE;
	struct bench *b = &bench, *next = &second;
	struct daemon *d;

	for (int token = 0; token < 3; token++) {
		struct notifier *from, *to;

		bench_conf(b, 2);
		b->vrs[0].notify = b->vrs[1].notify = &b->notify[0];
		bench_start(b);
		bench_conf(next, 2);
		next->vrs[0].notify = next->vrs[1].notify = &next->notify[1];
		next->notify[1].command[NOTIFY_MASTER] = 2;
		next->notify[1].command[NOTIFY_STOP] = 3;
		d = successor(b, next);
		from = &b->d.notifiers[1];
		to = &d->notifiers[1];
		from->token = (uint32_t)token;
		from->timer.due = b->now + 77;
		from->queue[0] = (struct notice){ NOTIFY_MASTER, VR_MASTER, 1 };
		from->queue[1] = (struct notice){ NOTIFY_BACKUP, VR_BACKUP, 2 };
		from->queue[2] = (struct notice){ NOTIFY_STOP, VR_STOP, 3 };
		from->queue[3] = (struct notice){ NOTIFY_STOP, VR_STOP, 4 };
		from->count = 3;
		notifier_inherit(d, none, &b->d, 1);
		notifier_inherit(d, 1, &b->d, none);
		CHECK_INT(to->count, 0);
		CHECK_INT(to->token, 0);
		CHECK(to->timer.slot == NO_SLOT);
		notifier_inherit(d, 1, &b->d, 1);
		CHECK_INT(d->notifiers[0].count, 0);
		CHECK_INT(to->count, 2);
		CHECK_INT(to->queue[0].priority, 1);
		CHECK_INT(to->queue[1].priority, 3);
		CHECK_INT(to->token, token);
		CHECK_INT(to->timer.slot != NO_SLOT, token > 0);
		CHECK(token == 0 || to->timer.due == b->now + 77);
		/* the first notifier has the number 0 */
		b->d.notifiers[0].count = 0;
		b->d.notifiers[0].token = 9;
		notifier_inherit(d, 0, &b->d, 0);
		CHECK_INT(d->notifiers[0].token, 9);
	}
}

/* Sync groups are one by their names, and so is what they were told. */
static void
check_groups(void)
{
	static const struct conf_notify notify;
	const struct conf_group old[3] = { { .name = "A", .notify = &notify },
	    { .name = "B", .notify = &notify }, { .name = "C" } };
	const struct conf_group new[4] = { { .name = "C" }, { .name = "D" },
	    { .name = "B", .notify = &notify }, { .name = "A" } };
	struct bench *b = &bench, *next = &second;
	struct daemon *d;

	bench_conf(b, 1);
	b->conf.groups = old;
	b->conf.group_count = 3;
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	bench_conf(next, 1);
	next->conf.groups = new;
	next->conf.group_count = 4;
	d = successor(b, next);
	for (uint8_t i = 0; i < 3; i++)
		b->d.groups[i].told = (uint8_t)(i + 1);
	b->d.notifiers[0].token = 44;
	b->d.notifiers[1].token = 55;
	groups_inherit(d, &b->d);
	CHECK_INT(d->groups[0].told, 3);
	CHECK_INT(d->groups[1].told, 0);
	CHECK_INT(d->groups[2].told, 2);
	CHECK_INT(d->groups[3].told, 1);
	CHECK_INT(d->notifiers[0].token, 55);
}

/* Tracked files are one by their paths, whatever they are called. */
static void
check_files(void)
{
	const struct conf_file old[3] = { { .name = "a", .path = "/a" },
	    { .name = "b", .path = "/b" }, { .name = "c", .path = "/c" } };
	const struct conf_file new[3] = { { .name = "a", .path = "/c" },
	    { .name = "b", .path = "/d" }, { .name = "x", .path = "/a" } };
	static const struct { bool known; int value; } want[3] = {
		{ true, 3 }, { false, 0 }, { true, 1 } };
	struct bench *b = &bench, *next = &second;
	struct daemon *d;

	bench_conf(b, 1);
	b->conf.files = old;
	b->conf.file_count = 3;
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	for (int i = 0; i < 3; i++)
		b->d.files[i] = (struct file_state){ i + 1, true };
	bench_conf(next, 1);
	next->conf.files = new;
	next->conf.file_count = 3;
	d = successor(b, next);
	files_inherit(d, &b->d);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(d->files[i].known, want[i].known);
		CHECK_INT(d->files[i].value, want[i].value);
	}
}

/* Tracked processes are one by their names and words; delays go on. */
static void
check_processes(void)
{
	static const struct {
		const char *name, *words;
		uint16_t length;
		int from;		/* which one of before it is */
	} rows[] = {
		{ "two", "dhcpd\0-v", 9, 1 }, { "one", "haproxy", 8, 0 },
		{ "one", "dhcpd\0-v", 9, -1 }, { "two", "dhcpd\0-x", 9, -1 },
		{ "two", "dhcpd\0-v", 6, -1 }, { "six", "haproxy", 8, -1 },
		{ "six", "dhcpd\0-v", 9, -1 },
	};
	const struct conf_process old[2] = { { .name = "one",
	    .words = "haproxy", .length = 8 }, { .name = "two",
	    .words = "dhcpd\0-v", .length = 9 } };
	struct bench *b = &bench, *next = &second;

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		size_t k = i / 2;
		bool waits = i % 2;
		struct conf_process new[2] = { { .name = "x", .words = "x",
		    .length = 2 }, { .name = "x", .words = "x", .length = 2 } };
		struct process_state *to;
		struct daemon *d;

		bench_conf(b, 1);
		b->conf.processes = old;
		b->conf.process_count = 2;
		b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
		CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
		for (int n = 0; n < 2; n++) {
			b->d.processes[n].count = 5 + (uint32_t)n;
			b->d.processes[n].status = CHECK_GOOD;
			if (waits)
				timer_wake(&b->d, &b->d.processes[n].timer,
				    b->now + 30 + n);
		}
		new[k % 2].name = rows[k].name;
		new[k % 2].words = rows[k].words;
		new[k % 2].length = rows[k].length;
		bench_conf(next, 1);
		next->conf.processes = new;
		next->conf.process_count = 2;
		d = successor(b, next);
		processes_inherit(d, &b->d);
		to = &d->processes[k % 2];
		CHECK_INT(to->count, rows[k].from < 0 ? 0 : 5 + rows[k].from);
		CHECK_INT(to->status, rows[k].from < 0 ? CHECK_PENDING :
		    CHECK_GOOD);
		CHECK_INT(to->timer.slot != NO_SLOT, waits &&
		    rows[k].from >= 0);
		if (to->timer.slot != NO_SLOT)
			CHECK_INT(to->timer.due, b->now + 30 + rows[k].from);
		CHECK_INT(d->heap_count, waits && rows[k].from >= 0);
		CHECK_INT(d->processes[1 - k % 2].count, 0);
	}
}

/* Tracking scripts are one by their names; who is tracked no more is ended. */
static void
check_scripts(void)
{
	struct bench *b = &bench, *next = &second;

	for (int used = 0; used < 2; used++) {
		struct daemon *d;
		const struct effect *ended;

		bench_conf(b, 1);
		bench_track(b, 0, TRACK_SCRIPT, 0, 0);
		bench_track(b, 0, TRACK_SCRIPT, 1, 0);
		bench_start(b);
		for (uint32_t i = 0; i < 2; i++) {
			b->d.scripts[i].token = 70 + i;
			b->d.scripts[i].status = CHECK_GOOD;
			b->d.scripts[i].result = 9;
			b->d.scripts[i].deadline = b->now + 60 + i;
		}
		bench_conf(next, 1);	/* the other way round */
		next->scripts[0].name = "check2";
		next->scripts[0].command = 1;
		next->scripts[1].name = "check";
		next->scripts[1].command = 0;
		next->scripts[0].used = used;
		next->scripts[1].used = true;
		d = successor(b, next);
		scripts_inherit(d, &b->d, b->now);
		bench_watch(next);
		next->mark = 0;
		CHECK_INT(d->scripts[1].token, 70);
		CHECK_INT(d->scripts[1].result, 1);	/* of rise + fall */
		CHECK_INT(d->scripts[1].timer.due, b->now + 60);
		CHECK(d->scripts[1].timer.slot != NO_SLOT);
		CHECK_INT(d->scripts[0].token, used ? 71 : 0);
		CHECK_INT(d->scripts[0].timer.slot != NO_SLOT, used);
		CHECK_INT(bench_count(next, EFFECT_SIGNAL), !used);
		if (used)
			continue;
		ended = &bench_find(next, EFFECT_SIGNAL, 0)->effect;
		CHECK_INT(ended->token, 71);
		CHECK_INT(ended->value, SIGNAL_KILL);
	}
}

/* What stands behind the last script is none. */
static void
check_last_script(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_start(b);
	b->d.scripts[0].token = 70;
	bench_conf(next, 1);
	next->scripts[1] = next->scripts[0];
	next->scripts[1].used = true;
	next->scripts[0].name = "another";
	next->conf.script_count = 1;
	scripts_inherit(successor(b, next), &b->d, b->now);
	bench_note(next);
	CHECK_INT(bench_count(next, EFFECT_SIGNAL), 1);
}

/* An interface keeps its name, and none has none. */
static void
check_translated(void)
{
	static struct conf_interface many[NONE + 1];
	struct conf from = { .interfaces = many, .interface_count = 2 };
	struct bench *b = &bench;

	bench_conf(b, 1);
	memcpy(many[0].name, "eth2", 5);
	memcpy(many[1].name, "eth9", 5);
	memcpy(many[NONE].name, "eth0", 5);
	CHECK_INT(interface_translate(&from, 0, &b->conf), 2);
	CHECK_INT(interface_translate(&from, 1, &b->conf), NONE);
	CHECK_INT(interface_translate(&from, NONE, &b->conf), NONE);
	b->conf.interface_count = 2;
	CHECK_INT(interface_translate(&from, 0, &b->conf), NONE);
}

/*
 * RFC 9568 6.4.1: who becomes the owner by a reload has its address at once,
 * whatever it heard and whatever nopreempt says; but one that was owner before
 * and yielded to another owner goes on as Backup.
 */
static void
check_owner(void)
{
	static const struct {
		uint8_t before, after, heard;
		bool no_preempt, group;
		enum vr_state state;
	} rows[] = {
		{ 100, 255, 200, false, false, VR_MASTER },
		{ 100, 255, 200, true, false, VR_MASTER },
		{ 100, 255, 254, false, true, VR_MASTER },
		{ 100, 254, 200, false, false, VR_BACKUP },
		{ 255, 255, 255, false, false, VR_BACKUP },
		{ 255, 200, 255, false, false, VR_BACKUP },
	};
	struct bench *b = &bench, *next = &second;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint16_t count = rows[i].group ? 2 : 1;

		bench_conf(b, count);
		bench_conf(next, count);
		for (uint16_t k = 0; k < count; k++) {
			b->vrs[k].priority = rows[i].before;
			next->vrs[k].priority = rows[i].after;
			next->vrs[k].no_preempt = rows[i].no_preempt;
		}
		if (rows[i].group) {
			bench_group(b, count);
			bench_group(next, count);
		}
		bench_start(b);
		for (uint16_t k = 0; k < count; k++)
			bench_advert(b, k, 9, rows[i].heard);
		CHECK_INT(state(b, 0), VR_BACKUP);
		bench_reload(b, next);
		for (uint16_t k = 0; k < count; k++)
			CHECK_INT(state(next, k), rows[i].state);
		CHECK_INT(bench_count(next, EFFECT_SEND), rows[i].state ==
		    VR_MASTER ? count : 0);
		CHECK_INT(bench_priority(next, 0), rows[i].state == VR_MASTER ?
		    255 : -1);
	}
}

/* Who has its name goes on, even from another source. */
static void
check_source(void)
{
	struct bench *b = &bench, *next = &second;

	for (int same = 0; same < 2; same++) {
		bench_conf(b, 1);
		bench_conf(next, 1);
		b->vrs[0].unicast = next->vrs[0].unicast = true;
		b->vrs[0].peer_count = next->vrs[0].peer_count = 1;
		b->peers[0][0].ip = next->peers[0][0].ip = bench_ip("10.0.0.2");
		next->vrs[0].source = bench_ip("10.0.0.11");
		next->vrs[0].name = same ? "VI_1" : "other";
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		CHECK_INT(state(b, 0), VR_MASTER);
		bench_reload(b, next);
		CHECK_INT(state(next, 0), same ? VR_MASTER : VR_BACKUP);
		CHECK_INT(bench_count(b, EFFECT_SEND), !same);
		CHECK_INT(next->d.vrs[0].source.bytes[3], 11);
	}
}

/* A source that is configured no longer is not used any longer. */
static void
check_former_source(void)
{
	struct bench *b = &bench, *next = &second;

	for (int same = 0; same < 2; same++) {
		bench_conf(b, 1);
		bench_conf(next, 1);
		b->vrs[0].source = bench_ip("10.0.0.5");
		if (same)
			next->vrs[0].source = b->vrs[0].source;
		bench_start(b);
		bench_address(b, 2, "10.0.0.5", 24, 0, false);
		bench_run(b, WAIT_DOWN);
		bench_reload(b, next);
		CHECK_INT(state(next, 0), VR_MASTER);
		CHECK_INT(next->d.vrs[0].source.bytes[3], same ? 5 : 1);
	}
}

/* Who was told goodbye waits for its skew alone, whatever a reload says. */
static void
check_goodbye(void)
{
	struct bench *b = &bench, *next = &second;

	for (int said = 0; said < 2; said++) {
		bench_begin(b, 1);
		bench_advert(b, 0, 9, 200);
		if (said)
			bench_advert(b, 0, 9, 0);
		bench_conf(next, 1);
		next->vrs[0].interval_us = 10000000;
		bench_reload(b, next);
		bench_run(next, SECOND_US);
		CHECK_INT(state(next, 0), said ? VR_MASTER : VR_BACKUP);
		bench_run(next, 29 * SECOND_US);
		CHECK_INT(state(next, 0), said ? VR_MASTER : VR_BACKUP);
		bench_run(next, SECOND_US);
		CHECK_INT(state(next, 0), VR_MASTER);
	}
	/* one that was heard as Active, before it stepped back, is none */
	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	bench_advert(b, 0, 9, 0);
	vr_change(&b->d, &b->d.vrs[0], MACHINE_STEP_BACK, CAUSE_GROUP, b->now);
	bench_conf(next, 1);
	next->vrs[0].interval_us = 500000;
	bench_reload(b, next);
	CHECK_INT(next->d.vrs[0].machine.timer, b->now + 2109375);
}

/* Who waited for its sync group waits no more when it has none. */
static void
check_left_group(void)
{
	struct bench *b = &bench, *next = &second;

	for (int stays = 0; stays < 2; stays++) {
		bench_conf_group(b, 2);
		bench_start(b);
		for (int i = 0; i < 4; i++) {
			bench_advert(b, 1, 9, 200);	/* its master lives */
			bench_run(b, SECOND_US);
		}
		CHECK_INT(vr_wanted_state(&b->d.vrs[0]), VR_MASTER);
		bench_conf(next, 2);
		if (stays)
			bench_group(next, 2);
		bench_reload(b, next);
		CHECK_INT(state(next, 0), VR_BACKUP);
		CHECK_INT(vr_wanted_state(&next->d.vrs[0]), stays ? VR_MASTER :
		    VR_BACKUP);
	}
}

/* Changes the VRID of a MASTER's instance at a reload; a dump follows. */
static struct bench *
renumbered(void)
{
	static struct bench next;

	bench_begin(&bench, 1);
	bench_run(&bench, WAIT_DOWN);
	CHECK_INT(state(&bench, 0), VR_MASTER);
	bench_conf(&next, 1);
	next.vrs[0].vrid = 99;
	bench_reload(&bench, &next);
	bench_mark(&next, DUMP_LINKS);
	bench_link(&next, 2, "eth0", UP, false);
	bench_mark(&next, DUMP_ADDRESSES);
	bench_address(&next, 2, "10.0.0.1", 24, 0, false);
	bench_address(&next, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, false);
	bench_mark(&next, DUMP_DONE);
	bench_run(&next, 0);
	CHECK_INT(state(&next, 0), VR_BACKUP);
	CHECK_INT(next.d.vips[0].state, VIP_PRESENT);
	return &next;
}

/*
 * D-20: the addresses of a MASTER whose VRID changes linger as those of one
 * that goes do: until a successor of the old VRID, which hears priority 0, has
 * announced them, or for its Skew_Time at most; unless we have them again.
 */
static void
check_renumbered(void)
{
	struct bench *b = renumbered();

	CHECK_INT(bench_priority(&bench, 0), 0);
	bench_run(b, 100 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_run(b, 0);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	b = renumbered();
	bench_run(b, SECOND_US);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_run(b, 50 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
}

int
main(void)
{
	check_addresses();
	check_details();
	check_links();
	check_orphans();
	check_entries();
	check_present();
	check_no_memory();
	check_interfaces();
	check_notifier();
	check_groups();
	check_files();
	check_processes();
	check_scripts();
	check_last_script();
	check_translated();
	check_owner();
	check_source();
	check_former_source();
	check_goodbye();
	check_left_group();
	check_renumbered();
	return check_end("reload");
}
