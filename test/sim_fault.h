/* SPDX-License-Identifier: ISC */
/*
 * What goes wrong, and how it is mended: mishaps of the swarm, each a row of a
 * table, and the happenings that undo them.
 */

/* The router was disturbed, now or until a moment to come. */
static void
disturb(struct sim *s, struct router *r, usec_t until)
{
	r->disturbed_at = usec_max(r->disturbed_at, usec_max(until, s->now));
	r->compare = true;
}

/* Has something happen to a router after a span, which disturbs until then. */
static void
happen_in(struct sim *s, struct router *r, usec_t span,
    enum happening_kind kind, uint8_t segment, uint32_t what)
{
	disturb(s, r, s->now + span);
	happen(s, s->now + span, kind, r->index, segment, what);
}

/* -- happenings -- */

/* An administrator, or the kernel, gives an interface its addresses. */
static void
addresses_come(struct sim *s, struct router *r, uint8_t segment)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];
	struct kernel_address own = { .prefix = 24, .flags = IFA_F_PERMANENT,
	    .ip = router_address(4, segment, r->index) };

	kernel_address_add(s, r, i, own);
	for (uint32_t v = 0; v < s->vr_count; v++) {
		own.ip = virtual_address(s, v, 0);
		own.prefix = s->vrs[v].prefix;
		if (r->plan.vrs[v].priority == PRIORITY_OWNER &&
		    s->vrs[v].segment == segment)
			kernel_address_add(s, r, i, own);
	}
	own.ip = router_address(6, segment, r->index);
	own.prefix = 64;
	own.flags = IFA_F_PERMANENT | IFA_F_TENTATIVE;
	if (i->up && kernel_address_add(s, r, i, own) == 0)
		happen_in(s, r, chance_range(s, 900 * MS_US, 2 * SECOND_US),
		    HAPPENS_DAD, segment, 0);
	disturb(s, r, 0);
}

/* Duplicate address detection has found none. */
static void
detection_ends(struct sim *s, struct router *r, uint8_t segment)
{
	struct ip ip = router_address(6, segment, r->index);
	struct kernel_interface *i = &r->kernel.interfaces[segment];
	struct kernel_address *own = kernel_address_find(i, &ip, 64);

	if (own == NULL)
		return;
	own->flags &= ~(uint32_t)IFA_F_TENTATIVE;
	kernel_tell_address(s, r, i, own, RTM_NEWADDR);
	disturb(s, r, 0);
}

/* An interface bears a name. */
static void
interface_named(struct sim *s, struct router *r, uint8_t segment,
    const char *name)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex == 0 || strcmp(i->name, name) == 0)
		return;
	snprintf(i->name, sizeof(i->name), "%s", name);
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	disturb(s, r, 0);
}

/* A daemon starts again, once an earlier one has ended. */
static void
starts_again(struct sim *s, struct router *r)
{
	if (r->d != NULL && (r->stop_asked || r->d->stopping))
		happen_in(s, r, SECOND_US, HAPPENS_START, 0, 0);
	else
		router_start(s, r);
}

/* So many of a tracked process run now. */
static void
router_counts(struct sim *s, struct router *r, int32_t count)
{
	r->count = count;
	r->count_changed = true;
	router_rouse(s, r);
}

/* Lets one thing happen. */
static void
happening_occurs(struct sim *s, const struct happening *one)
{
	struct router *r = &s->routers[one->router];

	if (one->kind != HAPPENS_FRAME && one->kind != HAPPENS_PROCESS)
		disturb(s, r, 0);
	switch ((enum happening_kind)one->kind) {
	case HAPPENS_FRAME:
		router_receive(s, r, one->what);
		break;
	case HAPPENS_PROCESS:
		process_ends(s, r, one->what, -1);
		break;
	case HAPPENS_START:
		starts_again(s, r);
		break;
	case HAPPENS_CARRIER:
		kernel_carrier(s, r, one->segment, true);
		break;
	case HAPPENS_ADMIN:
		kernel_admin(s, r, one->segment, true);
		break;
	case HAPPENS_CREATE:
		kernel_create(s, r, one->segment);
		break;
	case HAPPENS_ADDRESS:
		addresses_come(s, r, one->segment);
		break;
	case HAPPENS_DAD:
		detection_ends(s, r, one->segment);
		break;
	case HAPPENS_NAME:
		interface_named(s, r, one->segment,
		    one->segment == 0 ? "eth0" : "eth1");
		break;
	case HAPPENS_CHECK:
		r->kernel.fails[one->what] = r->kernel.hangs[one->what] = false;
		r->checks_since[one->what] = s->now;
		break;
	case HAPPENS_FILE:
		r->file_value = 0;
		r->file_changed = true;
		router_rouse(s, r);
		break;
	case HAPPENS_COUNT:
		router_counts(s, r, SIM_PROCESSES);
		break;
	case HAPPENS_RELENT:
		track_begins(s, r);
		r->kernel.refuses = r->kernel.send_error = 0;
		r->kernel.no_fork = false;
		break;
	case HAPPENS_ORDER:
		r->order = ORDER_RESET;
		router_rouse(s, r);
		break;
	case HAPPENS_MISHAP:
		break;
	}
}

/* -- mishaps -- */

/* A segment where the cluster has something to lose. */
static uint8_t
chance_segment(struct sim *s)
{
	return s->vrs[chance_range(s, 0, s->vr_count - 1)].segment;
}

static void
mishap_crash(struct sim *s, struct router *r)
{
	router_crash(s, r);
	happen_in(s, r, chance_span(s, 50 * MS_US, 30 * SECOND_US),
	    HAPPENS_START, 0, 0);
}

static void
mishap_stop(struct sim *s, struct router *r)
{
	if (r->d == NULL)
		return;
	r->stop_asked = true;
	router_rouse(s, r);
	happen_in(s, r, chance_span(s, 100 * MS_US, 30 * SECOND_US),
	    HAPPENS_START, 0, 0);
}

static void
mishap_pause(struct sim *s, struct router *r)
{
	usec_t span = chance_span(s, 10 * MS_US, 40 * SECOND_US);

	note(s, r, "is paused for %lld ms", (long long)(span / MS_US));
	r->paused_until = s->now + span;
	r->next = usec_max(r->next, r->paused_until);
	disturb(s, r, r->paused_until);
}

static void
mishap_carrier(struct sim *s, struct router *r)
{
	uint8_t segment = chance_segment(s);

	note(s, r, "eth%u loses its carrier", segment);
	kernel_carrier(s, r, segment, false);
	happen_in(s, r, chance_span(s, 100, 20 * SECOND_US), HAPPENS_CARRIER,
	    segment, 0);
}

static void
mishap_admin(struct sim *s, struct router *r)
{
	uint8_t segment = chance_segment(s);

	note(s, r, "eth%u is set down", segment);
	kernel_admin(s, r, segment, false);
	happen_in(s, r, chance_span(s, 100, 20 * SECOND_US), HAPPENS_ADMIN,
	    segment, 0);
}

static void
mishap_delete(struct sim *s, struct router *r)
{
	uint8_t segment = chance_segment(s);

	note(s, r, "eth%u is deleted", segment);
	kernel_delete(s, r, segment);
	happen_in(s, r, chance_span(s, 100, 20 * SECOND_US), HAPPENS_CREATE,
	    segment, 0);
}

static void
mishap_rename(struct sim *s, struct router *r)
{
	uint8_t segment = chance_segment(s);

	note(s, r, "eth%u is renamed", segment);
	interface_named(s, r, segment, "wan");
	happen_in(s, r, chance_span(s, 100, 20 * SECOND_US), HAPPENS_NAME,
	    segment, 0);
}

static void
mishap_mac(struct sim *s, struct router *r)
{
	struct kernel_interface *i = &r->kernel.interfaces[chance_segment(s)];

	if (i->ifindex == 0)
		return;
	i->mac[3]++;
	kernel_tell_link(s, r, i, RTM_NEWLINK);
}

/* Somebody deletes a virtual address. */
static void
mishap_theft(struct sim *s, struct router *r)
{
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);
	struct ip ip = virtual_address(s, v, (uint32_t)chance_range(s, 0,
	    s->vrs[v].addresses - 1));
	struct kernel_interface *i = vr_interface(s, r, v);

	if (r->plan.vrs[v].priority == PRIORITY_OWNER ||
	    kernel_address_find(i, &ip, s->vrs[v].prefix) == NULL)
		return;
	note(s, r, "VR %u: somebody deletes an address", v);
	kernel_address_remove(s, r, i, &ip, s->vrs[v].prefix);
}

/* Somebody deletes a macvlan, or sets it the other way, up or down. */
static void
mishap_link(struct sim *s, struct router *r)
{
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);
	uint8_t n = (uint8_t)(SIM_SEGMENTS + v);
	bool gone = chance_one_in(s, 2);

	if (r->kernel.interfaces[n].ifindex == 0)
		return;
	note(s, r, "VR %u: somebody %s its link", v, gone ? "deletes" :
	    "turns");
	if (gone)
		kernel_drop(s, r, &r->kernel.interfaces[n]);
	else
		kernel_admin(s, r, n, !r->kernel.interfaces[n].up);
}

/* Somebody sets a virtual address, with another prefix now and then. */
static void
mishap_by_hand(struct sim *s, struct router *r)
{
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);
	struct kernel_address address = { .prefix = s->vrs[v].prefix,
	    .ip = virtual_address(s, v, 0), .flags = IFA_F_PERMANENT };

	note(s, r, "VR %u: somebody sets an address", v);
	kernel_address_add(s, r, vr_interface(s, r, v), address);
}

/* Somebody deletes routes and rules, or sets a rule that is configured. */
static void
mishap_table(struct sim *s, struct router *r)
{
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count);
	struct kernel_rule rule;

	v = v == s->vr_count ? ENTRY_STATIC : v;
	rule = entry_rule(s, v);
	if (v != ENTRY_STATIC && !s->vrs[v].entries)
		return;
	note(s, r, "VR %u: somebody changes its routes and rules", v);
	if (v != ENTRY_STATIC && chance_one_in(s, 3) && r->d != NULL &&
	    r->made->plan.vrs[v].entries && !r->made->plan.vrs[v].absent)
		kernel_rule_add(s, r, &rule);
	else
		entries_flush(s, r, v);
}

/*
 * The firewall is flushed, which an owned table outlives; or another process
 * takes a table of that name; or what the kernel answers is lost.
 */
static void
mishap_firewall(struct sim *s, struct router *r)
{
	struct kernel *k = &r->kernel;
	int64_t kind = chance_range(s, 0, 2);

	if (kind == 0 && !k->firewall.owned && k->firewall.name[0] != '\0') {
		tally(s, TALLY_flushed);
		note(s, r, "somebody flushes its firewall");
		k->firewall = (struct kernel_firewall){ .owned = false };
		r->unfiltered = true;
		r->table_left = false;
	} else if (kind == 1 && k->firewall.name[0] == '\0') {
		tally(s, TALLY_taken);
		k->table_taken = !k->table_taken;
	} else {
		k->mute = true;
	}
}

/* The router's own address goes, and what hangs on it. */
static void
mishap_primary(struct sim *s, struct router *r)
{
	uint8_t segment = chance_segment(s);
	struct ip ip = router_address(chance_one_in(s, 2) ? 4 : 6, segment,
	    r->index);

	note(s, r, "eth%u loses its IPv%u address", segment, ip.family);
	kernel_address_remove(s, r, &r->kernel.interfaces[segment], &ip,
	    ip.family == 4 ? 24 : 64);
	happen_in(s, r, chance_span(s, 100, 20 * SECOND_US), HAPPENS_ADDRESS,
	    segment, 0);
}

/* A burst of foreign news that may overrun the queue, with a theft in it. */
static void
mishap_burst(struct sim *s, struct router *r)
{
	struct kernel_interface foreign = { .ifindex = 1, .name = "lo" };
	struct kernel_address address = { .prefix = 32,
	    .ip = { { 192, 0, 2, 1 }, 4 } };
	int64_t count = chance_range(s, 1, 60);

	note(s, r, "%d foreign addresses come and go", (int)count);
	for (int64_t n = 0; n < count; n++) {
		kernel_tell_address(s, r, &foreign, &address, n % 2 == 0 ?
		    RTM_NEWADDR : RTM_DELADDR);
		if (n == count / 2)
			mishap_theft(s, r);
	}
}

/* The kernel refuses what it is asked for. */
static void
mishap_refusal(struct sim *s, struct router *r)
{
	static const int errors[] = { EPERM, ENOBUFS, ENOMEM, EBUSY };

	r->kernel.refuses = errors[chance_range(s, 0, 3)];
	r->kernel.send_error = chance_one_in(s, 2) ? ENOBUFS : 0;
	r->kernel.no_fork = chance_one_in(s, 2);
	track_begins(s, r);
	note(s, r, "the kernel refuses: %d, %d", r->kernel.refuses,
	    r->kernel.send_error);
	happen_in(s, r, chance_span(s, MS_US, 10 * SECOND_US), HAPPENS_RELENT,
	    0, 0);
}

static void
mishap_check(struct sim *s, struct router *r)
{
	uint32_t which = (uint32_t)chance_range(s, 0, SIM_SCRIPTS - 1);

	r->kernel.fails[which] = true;
	r->kernel.hangs[which] = chance_one_in(s, 2);
	r->checks_since[which] = s->now;
	note(s, r, "check%u %s", which, r->kernel.hangs[which] ? "hangs" :
	    "fails");
	happen_in(s, r, chance_span(s, SECOND_US, 15 * s->script_us),
	    HAPPENS_CHECK, 0, which);
}

static void
mishap_file(struct sim *s, struct router *r)
{
	r->file_value = (int32_t)chance_range(s, -40, 40);
	r->file_changed = true;
	note(s, r, "the file holds %d", r->file_value);
	router_rouse(s, r);
	happen_in(s, r, chance_span(s, SECOND_US, 30 * SECOND_US),
	    HAPPENS_FILE, 0, 0);
}

static void
mishap_process(struct sim *s, struct router *r)
{
	int32_t count = (int32_t)chance_range(s, 0, SIM_PROCESSES + 1);

	note(s, r, "%d tracked processes run", (int)count);
	router_counts(s, r, count);
	happen_in(s, r, chance_span(s, 10 * MS_US, 30 * SECOND_US),
	    HAPPENS_COUNT, 0, 0);
}

/* An operator takes a virtual router out, or sets its priority. */
static void
mishap_operator(struct sim *s, struct router *r)
{
	r->order = chance_one_in(s, 2) ? ORDER_MAINTENANCE : ORDER_PRIORITY;
	r->order_vr = (uint8_t)chance_range(s, 0, s->vr_count - 1);
	r->order_priority = (uint8_t)chance_range(s, 1, 254);
	note(s, r, "VR %u: an operator %s", r->order_vr,
	    r->order == ORDER_MAINTENANCE ? "takes it out" :
	    "sets its priority");
	router_rouse(s, r);
	happen_in(s, r, chance_span(s, SECOND_US, 60 * SECOND_US),
	    HAPPENS_ORDER, 0, 0);
}

/* -- reloads -- */

/*
 * A virtual router gets another version.  The others refuse what it sends then,
 * and it what they send; version 2 has whole seconds, version 3 up to 40.95.
 */
static void
reload_version(struct sim *s, struct plan *plan, uint32_t v)
{
	uint32_t seconds = plan->vrs[v].interval_us / (uint32_t)SECOND_US;

	if (s->vrs[v].family == 6)
		return;
	plan->vrs[v].version ^= 1;		/* 2 or 3 */
	if (plan->vrs[v].version == 2)
		plan->vrs[v].interval_us = (seconds > 0 ? seconds : 1) *
		    (uint32_t)SECOND_US;
	else if (seconds > 40)
		plan->vrs[v].interval_us = 40 * (uint32_t)SECOND_US;
}

/* Another interval, shorter or longer, but none that the LAN cannot bear. */
static void
reload_interval(struct sim *s, struct plan *plan, uint32_t v)
{
	uint32_t unit = plan->vrs[v].version == 2 ? (uint32_t)SECOND_US :
	    (uint32_t)CS_US;
	int64_t least = usec_max(1, s->shortest_us / unit);

	plan->vrs[v].interval_us = (uint32_t)chance_range(s, least,
	    usec_max(least, usec_min(s->longest_us, 40 * SECOND_US) / unit)) *
	    unit;
}

static void
reload_priority(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].priority = (uint8_t)chance_range(s, 1, 254);
}

static void
reload_absent(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	plan->vrs[v].absent = !plan->vrs[v].absent;
}

static void
reload_preempt(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	plan->vrs[v].no_preempt = !plan->vrs[v].no_preempt;
}

static void
reload_delay(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].preempt_delay_us = chance_one_in(s, 2) ? 0 :
	    (uint32_t)chance_range(s, 1, 20000000);
}

static void
reload_addresses(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].addresses = (uint8_t)chance_range(s, 1,
	    s->vrs[v].addresses);
}

static void
reload_checks(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	(void)v;
	plan->scripts = !plan->scripts;
}

static void
reload_process(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	(void)v;
	plan->process = !plan->process;
}

static void
reload_vmac(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].vmac = s->vrs[v].vmac && !plan->vrs[v].vmac;
}

static void
reload_accept(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	plan->vrs[v].no_accept = !plan->vrs[v].no_accept;
}

static void
reload_entries(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].entries = s->vrs[v].entries && !plan->vrs[v].entries;
	plan->statics = chance_one_in(s, 2);
}

static void
reload_password(struct sim *s, struct plan *plan, uint32_t v)
{
	plan->vrs[v].password = (uint8_t)chance_range(s, 0, 2);
}

static void
reload_announcing(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)v;
	plan->announcing = (uint8_t)chance_range(s, 0, ANNOUNCINGS - 1);
}

/* Nothing is changed (I14). */
static void
reload_nothing(struct sim *s, struct plan *plan, uint32_t v)
{
	(void)s;
	(void)plan;
	(void)v;
}

/* What a reload may change; a row is as frequent as any other. */
static const struct {
	void		(*change)(struct sim *, struct plan *, uint32_t);
	const char	*name;
} reloads[RELOADS] = {
	{ reload_nothing,	"nothing" },
	{ reload_priority,	"priority" },
	{ reload_absent,	"instance" },
	{ reload_preempt,	"nopreempt" },
	{ reload_delay,		"preempt_delay" },
	{ reload_addresses,	"addresses" },
	{ reload_checks,	"checks" },
	{ reload_process,	"process" },
	{ reload_vmac,		"use_vmac" },
	{ reload_entries,	"entries" },
	{ reload_announcing,	"garp_*" },
	{ reload_accept,	"no_accept" },
	{ reload_interval,	"interval" },
	{ reload_version,	"version" },
	{ reload_password,	"password" },
};

/*
 * A reload; an owner stays one.  In calm systems nobody keeps routers for weeks
 * that refuse each other: that is one Active more, and a war of announcements.
 */
static void
mishap_reload(struct sim *s, struct router *r)
{
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);
	int64_t row = chance_range(s, 0, RELOADS - 1);

	if (r->plan.vrs[v].priority == PRIORITY_OWNER ||
	    (s->calm && row >= RELOADS_APART))
		row = 0;
	s->reloads[row]++;
	reloads[row].change(s, &r->plan, v);
	r->reload_asked = r->d != NULL;
	router_rouse(s, r);
}

/* The LAN falls apart: in two, in one direction, or between some. */
static void
mishap_partition(struct sim *s, struct router *r)
{
	uint32_t count = s->router_count;
	int64_t kind = chance_range(s, 0, 2);
	uint64_t side = chance_next(s);

	for (uint32_t i = 0; i < count * count; i++) {
		uint32_t from = i / count, to = i % count;
		bool apart = (side >> from % 64 & 1) != (side >> to % 64 & 1);

		s->blocked[i] = kind == 0 ? apart : kind == 1 ?
		    to == r->index : chance_one_in(s, 2);
	}
	s->stream.partition_until = s->now + chance_span(s, 100 * MS_US,
	    60 * SECOND_US);
	note(s, NULL, "the LAN falls apart (%d) for %.3f s", (int)kind,
	    (double)(s->stream.partition_until - s->now) / 1e6);
}

/* The LAN does to packets what the swarm says, where it does not always. */
static void
mishap_rough(struct sim *s, struct router *r)
{
	usec_t span = chance_span(s, SECOND_US, 20 * s->longest_us);

	(void)r;
	s->stream.rough_until = s->now + span;
	note(s, NULL, "the LAN is rough for %.3f s", (double)span / 1e6);
}

/* -- packets of nobody -- */

/* Which part of a forged packet is wrong. */
enum flaw {
	FLAW_NONE, FLAW_CHECKSUM, FLAW_TTL, FLAW_VERSION, FLAW_TYPE,
	FLAW_SHORT, FLAW_INTERVAL, FLAW_COUNT, FLAWS
};

/* Spoils a packet in this way; the checksum is not made good again. */
static void
frame_spoil(struct sim_frame *frame, enum flaw flaw)
{
	uint8_t *message = frame->kind == FRAME_VRRP4 ?
	    frame->bytes + IP4_HEADER : frame->bytes;	/* nobody signed it */

	if (flaw == FLAW_CHECKSUM)
		message[6] ^= 0x55;
	else if (flaw == FLAW_TTL && frame->kind == FRAME_VRRP4)
		frame->bytes[8] = 254;
	else if (flaw == FLAW_TTL)
		frame->hop_limit = 254;
	else if (flaw == FLAW_VERSION)
		message[0] ^= 0x40;
	else if (flaw == FLAW_TYPE)
		message[0] ^= 0x02;
	else if (flaw == FLAW_SHORT)
		frame->length--;
	else if (flaw == FLAW_COUNT)
		message[3]++;
}

/*
 * Makes an advertisement like those of a router, with another priority and
 * source, and sends it to all.
 */
static void
forge(struct sim *s, struct router *r, enum flaw flaw, uint8_t priority,
    struct ip source)
{
	uint32_t n, index;
	struct conf_vr conf;
	struct sim_frame *frame;
	uint8_t message[SIM_FRAME];
	struct packet packet = { .source = source, .hop_limit = 255,
	    .protocol = IPPROTO_VRRP_, .message = message };

	if (r->d == NULL || r->d->conf->vr_count == 0)
		return;
	n = (uint32_t)chance_range(s, 0, r->d->conf->vr_count - 1);
	conf = r->d->conf->vrs[n];
	if (conf.family != source.family || conf.unicast)
		return;
	if (flaw == FLAW_INTERVAL)
		conf.interval_us = 0;
	packet.destination = conf.destination;
	packet.length = advert_encode(&conf, priority, &source,
	    &packet.destination, chance_one_in(s, 2), message,
	    sizeof(message));
	index = frame_take(s);
	frame = &s->frames[index];
	*frame = (struct sim_frame){ .sender = NONE, .hop_limit = 255,
	    .segment = s->vrs[planned_of(r, n)].segment,
	    .verdict = flaw == FLAW_NONE ? VERDICT_GOOD : VERDICT_BAD,
	    .source = source, .destination = conf.destination,
	    .kind = conf.family == 4 ? FRAME_VRRP4 : FRAME_VRRP6 };
	if (conf.family == 4) {
		frame->length = (uint16_t)ip4_encode(&packet, 1, frame->bytes,
		    SIM_FRAME);
	} else {
		frame->length = (uint16_t)packet.length;
		memcpy(frame->bytes, message, packet.length);
	}
	frame_spoil(frame, flaw);
	lan_send(s, index);
}

/* Somebody who is no router of ours, or pretends to be one. */
static struct ip
forger(struct sim *s)
{
	uint8_t family = chance_one_in(s, 2) ? 4 : 6;
	uint8_t segment = chance_segment(s);

	return router_address(family, segment, (uint32_t)(chance_one_in(s, 2) ?
	    chance_range(s, 0, s->router_count - 1) : SIM_ROUTERS - 1));
}

/* Sound advertisements of any priority, one or a flood. */
static void
mishap_forgery(struct sim *s, struct router *r)
{
	static const uint8_t usual[] = { 0, 1, 100, 254, 255 };
	uint8_t priority = chance_one_in(s, 2) ? usual[chance_range(s, 0, 4)] :
	    (uint8_t)chance_next(s);
	struct ip source = forger(s);
	int64_t count = chance_one_in(s, 4) ? 60 : 1;

	note(s, NULL, "%d forged advertisements of priority %u", (int)count,
	    priority);
	for (int64_t n = 0; n < count; n++)
		forge(s, r, FLAW_NONE, priority, source);
}

/* Advertisements that must be refused. */
static void
mishap_nonsense(struct sim *s, struct router *r)
{
	for (int64_t n = chance_range(s, 1, 5); n > 0; n--) {
		enum flaw flaw = (enum flaw)chance_range(s, FLAW_CHECKSUM,
		    FLAWS - 1);
		uint8_t priority = (uint8_t)chance_next(s);

		forge(s, r, flaw, priority, forger(s));
	}
}

/* Somebody else claims an IPv4 virtual address by ARP. */
static void
mishap_claim(struct sim *s, struct router *r)
{
	static const uint8_t mac[6] = { 2, 0xbb, 0, 0, 0, 1 };
	uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);
	struct ip ip = virtual_address(s, v, 0);
	uint32_t index;
	struct sim_frame *frame;

	if (ip.family != 4)
		return;
	note(s, r, "VR %u: somebody claims its address", v);
	index = frame_take(s);
	frame = &s->frames[index];
	*frame = (struct sim_frame){ .sender = NONE, .kind = FRAME_ARP,
	    .segment = s->vrs[v].segment };
	frame->length = (uint16_t)garp_encode(&ip, mac, frame->bytes,
	    SIM_FRAME);
	client_hears(s, frame);
	lan_send(s, index);
}

/* How often each comes in a swarm that has it. */
static const struct {
	void		(*act)(struct sim *, struct router *);
	const char	*name;
	uint32_t	weight;
} mishaps[] = {
	{ mishap_crash,		"crash",	10 },
	{ mishap_stop,		"stop",		10 },
	{ mishap_pause,		"pause",	10 },
	{ mishap_carrier,	"carrier",	10 },
	{ mishap_admin,		"admin",	5 },
	{ mishap_delete,	"delete",	5 },
	{ mishap_rename,	"rename",	3 },
	{ mishap_mac,		"mac",		2 },
	{ mishap_theft,		"theft",	10 },
	{ mishap_by_hand,	"by hand",	5 },
	{ mishap_primary,	"primary",	5 },
	{ mishap_burst,		"burst",	5 },
	{ mishap_refusal,	"refusal",	5 },
	{ mishap_check,		"check",	8 },
	{ mishap_file,		"file",		5 },
	{ mishap_reload,	"reload",	10 },
	{ mishap_partition,	"partition",	10 },
	{ mishap_forgery,	"forgery",	8 },
	{ mishap_nonsense,	"nonsense",	8 },
	{ mishap_claim,		"claim",	5 },
	{ mishap_rough,		"rough",	5 },
	{ mishap_operator,	"operator",	5 },
	{ mishap_table,		"table",	5 },
	{ mishap_process,	"process",	5 },
	{ mishap_link,		"link",		10 },
	{ mishap_firewall,	"firewall",	5 },
};

/* Draws how hostile a run is: a subset of the mishaps, and a LAN. */
static void
swarm_draw(struct sim *s)
{
	struct swarm *swarm = &s->swarm;
	uint32_t rarely = s->calm && !s->even ? 9 : 3;

	*swarm = (struct swarm){ .delay_us = chance_span(s, MS_US,
	    usec_min(3 * s->longest_us, 10 * SECOND_US)) };
	if (chance_one_in(s, rarely))
		swarm->loss = (uint32_t)chance_span(s, 65, 39000);
	if (chance_one_in(s, rarely))
		swarm->duplicate = (uint32_t)chance_span(s, 65, 30000);
	if (chance_one_in(s, rarely))
		swarm->corrupt = (uint32_t)chance_span(s, 65, 13000);
	if (chance_one_in(s, 2 * rarely))
		swarm->loop = (uint32_t)chance_span(s, 65, 30000);
	if (chance_one_in(s, rarely))
		swarm->delay = (uint32_t)chance_span(s, 65, 30000);
	swarm->pause_us = chance_span(s, 50 * MS_US, 600 * SECOND_US);
	if (s->even)
		swarm->pause_us = chance_span(s, 60 * SECOND_US,
		    (s->assorted || s->compared >= 0 ? 3600 : 864000) *
		    SECOND_US);
	else if (s->calm)
		swarm->pause_us = usec_max(60 * SECOND_US, s->shortest_us *
		    chance_span(s, 100, 5000));
	for (size_t i = 0; i < COUNT_OF(mishaps); i++)
		swarm->weights[i] = chance_one_in(s, 2) ? 0 :
		    mishaps[i].weight;
}

/* Something goes wrong with somebody, and the next mishap is planned. */
static void
mishap_occurs(struct sim *s)
{
	uint32_t sum = 0, at, i = 0;
	struct router *r = &s->routers[chance_range(s, 0,
	    s->router_count - 1)];

	for (i = 0; i < COUNT_OF(mishaps); i++)
		sum += s->swarm.weights[i];
	if (sum == 0)
		return;
	at = (uint32_t)chance_range(s, 0, sum - 1);
	for (i = 0; at >= s->swarm.weights[i]; i++)
		at -= s->swarm.weights[i];
	s->mishaps[i]++;
	s->total->mishaps++;
	hash_add(s, i);
	disturb(s, r, 0);
	mishaps[i].act(s, r);
}

/* -- healing -- */

/* Whether a router is told that it owns an address. */
static bool
plan_owns(const struct sim *s, const struct plan *plan, const struct ip *ip)
{
	for (uint32_t v = 0; v < s->vr_count; v++) {
		struct ip own = virtual_address(s, v, 0);

		if (plan->vrs[v].priority == PRIORITY_OWNER &&
		    ip_equal(&own, ip))
			return true;
	}
	return false;
}

/* Removes virtual addresses that were set by hand. */
static void
hand_set_removed(struct sim *s, struct router *r, struct kernel_interface *i)
{
	for (uint8_t a = i->address_count; a-- > 0;) {
		struct kernel_address one;

		if (a >= i->address_count)
			continue;	/* secondaries went with a primary */
		one = i->addresses[a];
		if (is_virtual(&one.ip) && one.protocol == 0 &&
		    !plan_owns(s, &r->plan, &one.ip))
			kernel_address_remove(s, r, i, &one.ip, one.prefix);
	}
}

/* Removes the statics: an administrator does, where none are configured. */
static void
statics_flush(struct sim *s, struct router *r)
{
	struct ip ip = static_ip(r);
	struct kernel_interface *i = &r->kernel.interfaces[0];

	entries_flush(s, r, ENTRY_STATIC);
	if (kernel_address_find(i, &ip, 64) != NULL)
		kernel_address_remove(s, r, i, &ip, 64);
}

/* Mends what is wrong with one router. */
static void
router_heal(struct sim *s, struct router *r, const struct plan *plan)
{
	struct kernel *k = &r->kernel;

	note(s, r, "is healed");
	r->paused_until = 0;
	k->refuses = k->send_error = 0;
	k->no_fork = k->table_taken = k->mute = false;
	memset(k->fails, 0, sizeof(k->fails));
	memset(k->hangs, 0, sizeof(k->hangs));
	r->file_value = 0;
	r->file_changed = true;
	router_counts(s, r, SIM_PROCESSES);
	track_begins(s, r);
	r->order = ORDER_RESET;
	for (uint8_t n = 0; n < SIM_SEGMENTS; n++) {
		struct kernel_interface *i = &k->interfaces[n];

		kernel_create(s, r, n);
		interface_named(s, r, n, n == 0 ? "eth0" : "eth1");
		kernel_admin(s, r, n, true);
		kernel_carrier(s, r, n, true);
		kernel_addresses_come(s, r, n);
		hand_set_removed(s, r, i);
	}
	for (uint8_t n = SIM_SEGMENTS; n < SIM_LINKS; n++)
		hand_set_removed(s, r, &k->interfaces[n]);
	if (!plan->statics)
		statics_flush(s, r);
	/* The log told of a firewall that is not there. */
	if (r->d != NULL && (r->unfiltered || memcmp(&r->plan, plan,
	    sizeof(*plan)) != 0))
		r->reload_asked = true;
	r->plan = *plan;
	router_rouse(s, r);
	happen_in(s, r, MS_US, HAPPENS_START, 0, 0);
	/*
	 * Where an own address became a secondary of a virtual one that a
	 * crash left behind, it goes with it: it is set once more.
	 */
	for (uint8_t n = 0; n < SIM_SEGMENTS; n++)
		happen_in(s, r, 10 * SECOND_US, HAPPENS_ADDRESS, n, 0);
}
