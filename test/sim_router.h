/* SPDX-License-Identifier: ISC */
/*
 * The LAN and the routers on it: what an effect does to the LAN or the kernel,
 * and one turn of a daemon in the order of Loop's serve.
 */

/* -- the LAN -- */

/* Whether the LAN does to packets what the swarm says. */
static bool
lan_is_rough(const struct sim *s)
{
	return s->noisy && (!s->even || s->now < s->stream.rough_until);
}

/*
 * Delivers a frame to one router, as far as the LAN is kind.  A calm one keeps
 * the order of what one router sends another.
 */
static void
lan_deliver(struct sim *s, uint32_t index, uint16_t router)
{
	struct sim_frame *frame = &s->frames[index];
	const struct swarm *swarm = &s->swarm;
	usec_t delay = 60 + (frame->sender * 37 + router * 211) % 840;
	uint32_t luck;

	if (s->noisy && frame->sender != NONE &&
	    s->stream.partition_until > s->now &&
	    s->blocked[frame->sender * s->router_count + router]) {
		tally(s, TALLY_parted);
		return;
	}
	if (lan_is_rough(s)) {
		luck = (uint32_t)(chance_next(s) & 0xffff);
		if (luck < swarm->loss) {
			tally(s, TALLY_lost);
			return;
		}
		if (luck - swarm->loss < swarm->delay) {
			tally(s, TALLY_delayed);
			delay = chance_range(s, 0, swarm->delay_us);
		}
		if (luck - swarm->loss < swarm->duplicate) {
			tally(s, TALLY_doubled);
			frame->users++;
			happen(s, s->now + chance_range(s, 60,
			    swarm->delay_us), HAPPENS_FRAME, router,
			    frame->segment, index);
		}
	}
	frame->users++;
	happen(s, s->now + delay, HAPPENS_FRAME, router, frame->segment,
	    index);
}

/* Flips one bit of a copy of a frame behind its IP header, for one router. */
static void
lan_corrupt(struct sim *s, uint32_t index, uint16_t router)
{
	uint32_t copy = frame_take(s);
	const struct sim_frame *frame = &s->frames[index];
	size_t from = frame->kind == FRAME_VRRP4 ? IP4_HEADER : 0;
	size_t bit = (size_t)chance_range(s, 8 * (int64_t)from,
	    8 * (int64_t)frame->length - 1);

	tally(s, TALLY_corrupted);
	s->frames[copy] = *frame;
	s->frames[copy].users = 1;
	s->frames[copy].verdict = VERDICT_UNKNOWN;
	if (frame->kind == FRAME_VRRP4 && frame->bytes[9] == IPPROTO_AH_) {
		tally(s, TALLY_I15_spoilt);
		s->frames[copy].verdict = VERDICT_BAD;
	}
	s->frames[copy].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	happen(s, s->now + 100, HAPPENS_FRAME, router, frame->segment, copy);
}

/* Sends a frame to all routers but its sender, and to the client. */
static void
lan_send(struct sim *s, uint32_t index)
{
	struct sim_frame *frame = &s->frames[index];

	frame->users = 1;
	if (frame->sender != NONE && (s->looping || (lan_is_rough(s) &&
	    s->swarm.loop > 0 && (chance_next(s) & 0xffff) < s->swarm.loop))) {
		tally(s, TALLY_looped);
		lan_deliver(s, index, frame->sender);
	}
	for (uint16_t i = 0; i < s->router_count; i++) {
		if (i == frame->sender)
			continue;
		if (lan_is_rough(s) && s->swarm.corrupt > 0 &&
		    frame->kind <= FRAME_VRRP6 &&
		    (chance_next(s) & 0xffff) < s->swarm.corrupt) {
			lan_corrupt(s, index, i);
			frame = &s->frames[index];
		} else {
			lan_deliver(s, index, i);
		}
	}
	frame_drop(s, index);
}

/* The interface of a router with this ifindex, up and plugged; or NULL. */
static struct kernel_interface *
working_interface(struct router *r, uint32_t ifindex)
{
	for (int n = 0; n < SIM_SEGMENTS; n++) {
		struct kernel_interface *i = &r->kernel.interfaces[n];

		if (i->ifindex == ifindex && ifindex != 0)
			return i->up ? i : NULL;
	}
	return NULL;
}

/* The client's neighbour cache takes what a frame says. */
static void
client_hears(struct sim *s, const struct sim_frame *frame)
{
	const uint8_t *address = frame->kind == FRAME_ARP ?
	    frame->bytes + 28 : frame->bytes + 8;
	const uint8_t *mac = frame->kind == FRAME_ARP ? frame->bytes + 22 :
	    frame->bytes + 26;
	size_t size = frame->kind == FRAME_ARP ? 4 : 16;

	for (uint32_t v = 0; v < s->vr_count; v++) {
		for (uint32_t n = 0; n < SIM_VIPS; n++) {
			struct ip ip = virtual_address(s, v, n);

			if (s->vrs[v].segment == frame->segment &&
			    ip_size(ip.family) == size &&
			    memcmp(ip.bytes, address, size) == 0)
				memcpy(s->judged[v].client[n], mac, 6);
		}
	}
}

/* -- effects -- */

/* EFFECT_SEND: onto the LAN, or the errno that a kernel gives. */
static int
carry_send(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes, uint16_t length)
{
	struct kernel_interface *i = working_interface(r, effect->ifindex);
	uint32_t index;
	struct sim_frame *frame;

	if (r->kernel.send_error != 0) {
		tally(s, TALLY_unsent);
		return r->kernel.send_error;
	}
	if (i == NULL)
		return ENETDOWN;
	if (effect->source.family == 6 &&
	    kernel_address_find(i, &effect->source, 0) == NULL)
		return EADDRNOTAVAIL;
	if (!i->carrier)
		return 0;
	if (length > SIM_FRAME)
		broken(s, r, "packet of %u bytes", length);
	index = frame_take(s);
	frame = &s->frames[index];
	*frame = (struct sim_frame){ .length = length,
	    .kind = effect->source.family == 4 ? FRAME_VRRP4 : FRAME_VRRP6,
	    .segment = (uint8_t)(i - r->kernel.interfaces),
	    .hop_limit = effect->hop_limit, .sender = r->index,
	    .password = r->made->plan.vrs[planned_of(r, effect->index)]
	    .password, .source = effect->source,
	    .destination = effect->destination,
	    .serial = s->stream.order, .sent_at = s->now };
	memcpy(frame->bytes, bytes, length);
	lan_send(s, index);
	return 0;
}

/* EFFECT_UDP: a packet of BFD, if there is an address to send it from. */
static void
carry_datagram(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	uint8_t segment = s->vrs[0].segment;
	struct kernel_interface *i = &r->kernel.interfaces[segment];
	struct ip own = router_address(4, segment, r->index);
	struct sim_frame *frame;
	uint32_t index;

	if (i->ifindex == 0 || !i->up || !i->carrier ||
	    r->kernel.send_error != 0 ||
	    kernel_address_find(i, &own, 0) == NULL)
		return;
	index = frame_take(s);
	frame = &s->frames[index];
	*frame = (struct sim_frame){ .length = effect->length,
	    .kind = FRAME_BFD, .segment = segment, .hop_limit = bytes[8],
	    .sender = r->index, .source = own,
	    .destination = effect->destination };
	memcpy(frame->bytes, bytes, effect->length);
	lan_send(s, index);
}

/* EFFECT_ETHERNET: an announcement; IPv6 arrives without its headers. */
static void
carry_ethernet(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	struct kernel_interface *i = working_interface(r, effect->ifindex);
	bool arp = effect->length == GARP_FRAME;
	size_t skip = arp ? 0 : NA_FRAME - NA_LENGTH;
	struct sim_frame *frame;
	uint32_t index;

	if (i == NULL || !i->carrier || r->kernel.send_error != 0)
		return;
	index = frame_take(s);
	frame = &s->frames[index];
	*frame = (struct sim_frame){
	    .length = (uint16_t)(effect->length - skip),
	    .kind = arp ? FRAME_ARP : FRAME_ND, .hop_limit = 255,
	    .segment = (uint8_t)(i - r->kernel.interfaces),
	    .sender = r->index };
	memcpy(frame->bytes, bytes + skip, frame->length);
	client_hears(s, frame);
	lan_send(s, index);
}

/* EFFECT_JOIN and EFFECT_LEAVE: joining twice is joining once. */
static void
carry_membership(struct router *r, const struct effect *effect)
{
	struct kernel_interface *i = NULL;
	uint8_t n = 0;

	for (int k = 0; k < SIM_SEGMENTS; k++) {
		if (r->kernel.interfaces[k].ifindex == effect->ifindex)
			i = &r->kernel.interfaces[k];
	}
	if (i == NULL || effect->ifindex == 0)
		return;
	while (n < i->group_count &&
	    !ip_equal(&i->groups[n], &effect->destination))
		n++;
	if (effect->kind == EFFECT_JOIN && n == i->group_count &&
	    n < KERNEL_GROUPS)
		i->groups[i->group_count++] = effect->destination;
	else if (effect->kind == EFFECT_LEAVE && n < i->group_count)
		i->groups[n] = i->groups[--i->group_count];
}

/* A process begins, or a check; its end is drawn now, or the same each time. */
static void
process_begins(struct sim *s, struct router *r, const struct effect *effect,
    int32_t owner, uint32_t script, int32_t status)
{
	struct kernel *k = &r->kernel;
	bool check = owner == 0, dice = !(check && s->even);
	bool hangs = dice && s->noisy && chance_one_in(s, 200);
	usec_t takes = dice ? chance_range(s, MS_US, 50 * MS_US) :
	    (1 + (r->index * 7 + script * 3) % 40) * MS_US;
	uint32_t n = 0;

	while (n < KERNEL_PROCESSES && k->processes[n].token != 0)
		n++;
	if (check) {
		hangs = k->hangs[script];
		s->tallies[TALLY_hung] += hangs;
	}
	if (n == KERNEL_PROCESSES || (k->no_fork &&
	    effect->kind == EFFECT_RUN)) {
		tally(s, TALLY_unforked);
		pending_add(r->w, EVENT_PROCESS, 0, effect->token,
		    EXIT_NOT_RUN << 8);
		router_rouse(s, r);
		return;
	}
	k->processes[n] = (struct kernel_process){ .token = effect->token,
	    .owner = owner, .status = status,
	    .stubborn = effect->kind == EFFECT_CHECK ? 0 : dice ?
	    chance_one_in(s, 4) : r->index % 4 == 0 };
	happen(s, s->now + (hangs ? 20 * s->script_us : takes),
	    HAPPENS_PROCESS, r->index, 0, effect->token);
}

/* EFFECT_RUN: a notify script, or that of a check. */
static void
carry_run(struct sim *s, struct router *r, const struct effect *effect)
{
	bool fails = effect->value == 0 && r->kernel.fails[effect->index];

	process_begins(s, r, effect, effect->value, effect->index,
	    fails ? 1 << 8 : 0);
}

/* EFFECT_CHECK: which one of those that are configured tells the token. */
static void
carry_check(struct sim *s, struct router *r, const struct effect *effect)
{
	static const int32_t bad[CHECK_KINDS] = {
		[CHECK_PIDFILE] = FOUND_NO_PROCESS | 77 << 8,
		[CHECK_TCP] = FOUND_REFUSED,
		[CHECK_HTTP] = FOUND_STATUS | 503 << 8,
		[CHECK_PING] = FOUND_NO_WAY,
		[CHECK_ROUTE] = FOUND_NO_ROUTE,
	};
	const struct conf *conf = r->d->conf;
	struct ip ip = checked_ip();
	uint32_t n = 0;

	while (n < conf->script_count &&
	    r->d->scripts[n].token != effect->token)
		n++;
	if (n == conf->script_count ||
	    effect->index != conf->scripts[n].check.kind ||
	    !ip_equal(&effect->destination, &ip))
		broken(s, r, "a check that nobody has configured");
	process_begins(s, r, effect, 0, n, r->kernel.fails[n] ?
	    bad[effect->index] : effect->index == CHECK_HTTP ?
	    FOUND_STATUS | 204 << 8 : FOUND_GOOD);
}

/* A process of a router ended: its daemon is told. */
static void
process_ends(struct sim *s, struct router *r, uint32_t token, int32_t status)
{
	struct kernel *k = &r->kernel;

	for (uint32_t n = 0; n < KERNEL_PROCESSES; n++) {
		if (k->processes[n].token != token || token == 0)
			continue;
		if (status < 0)
			status = k->processes[n].status;
		k->processes[n] = (struct kernel_process){ .token = 0 };
		if (r->d == NULL)
			return;
		pending_add(r->w, EVENT_PROCESS, 0, token, status);
		router_rouse(s, r);
	}
}

/* EFFECT_SIGNAL: TERM ends a process unless it is stubborn, KILL does. */
static void
carry_signal(struct sim *s, struct router *r, const struct effect *effect)
{
	struct kernel *k = &r->kernel;

	for (uint32_t n = 0; n < KERNEL_PROCESSES; n++) {
		if (k->processes[n].token == effect->token &&
		    (effect->value == SIGNAL_KILL ||
		    !k->processes[n].stubborn)) {
			s->tallies[TALLY_killed] += effect->value ==
			    SIGNAL_KILL;
			process_ends(s, r, effect->token, effect->value);
		}
	}
}

/* Carries out one effect. */
static void
carry_one(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	int error = 0;
	size_t skip;

	switch ((enum effect_kind)effect->kind) {
	case EFFECT_SEND:
		if (effect->value != 0)
			watch_sender(s, r, effect, bytes);
		skip = effect->value == 0 ? 0 : effect->source.family == 4 ?
		    14 : 14 + 40;
		watch_send(s, r, effect, bytes + skip);
		error = carry_send(s, r, effect, bytes + skip,
		    (uint16_t)(effect->length - skip));
		if (error != 0)
			pending_add(r->w, EVENT_RESEND, effect->index, 0,
			    error);
		break;
	case EFFECT_ETHERNET:
		watch_announcement(s, r, effect, bytes);
		carry_ethernet(s, r, effect, bytes);
		break;
	case EFFECT_NETLINK:
		watch_request(s, r, effect, bytes);
		error = kernel_request(s, r, bytes, effect->length);
		if (error != 0)
			pending_refusal(r->w, effect->index, error);
		break;
	case EFFECT_DUMP:
		r->w->dump.wanted = true;
		r->w->dump.entries = effect->value != 0;
		break;
	case EFFECT_JOIN:
	case EFFECT_LEAVE:
		carry_membership(r, effect);
		break;
	case EFFECT_RUN:
		watch_notify(s, r, effect, bytes);
		carry_run(s, r, effect);
		break;
	case EFFECT_SIGNAL:
		carry_signal(s, r, effect);
		break;
	case EFFECT_FIFO:
		watch_line(s, r, (const char *)bytes, effect->length);
		break;
	case EFFECT_LOG:
		watch_log(s, r, effect->value, (const char *)bytes,
		    effect->length);
		break;
	case EFFECT_STOPPED:
		r->stopping = true;
		break;
	case EFFECT_CHECK:
		carry_check(s, r, effect);
		break;
	case EFFECT_UDP:
		carry_datagram(s, r, effect, bytes);
		break;
	case EFFECT_SYSCTL:		/* these kernels have no files */
	case EFFECT_KINDS:
		break;
	}
}

/* Carries out all effects of a router, in order, and empties the queue. */
static void
router_carry_out(struct sim *s, struct router *r)
{
	const struct effect *effect;
	const uint8_t *bytes;
	uint8_t *at = r->out.start;

	while ((effect = effect_next(&r->out, &at, &bytes)) != NULL) {
		hash_add(s, (uint64_t)effect->kind << 32 | effect->length);
		watch_effect(s, r, effect);
		carry_one(s, r, effect, bytes);
	}
	r->out.at = r->out.start;
}

/* effects.drain */
static void
router_drain(struct effects *out)
{
	router_carry_out(sim_running, out->context);
}

/* -- a turn -- */

/* The feed of World's functions. */
static void
router_feed(struct world *w, const struct event *event)
{
	struct router *r = w->loop;

	daemon_event(r->d, r->local, event);
	watch_event(sim_running, r);
}

/* Tells the daemon what time it is, and carries out what follows. */
static void
router_time(struct sim *s, struct router *r, bool drained)
{
	struct event event = { .kind = EVENT_TIME, .drained = drained,
	    .wall_us = SIM_EPOCH_US + s->now - r->local };

	daemon_event(r->d, r->local, &event);
	watch_time(s, r, drained);
	if (r->out.at > r->out.start)
		router_carry_out(s, r);
}

/* Hands one packet to the daemon. */
static void
router_hear(struct sim *s, struct router *r, uint32_t index)
{
	struct sim_frame *frame = &s->frames[index];
	bool vrrp = frame->kind <= FRAME_VRRP6;
	struct event event = { .kind = vrrp ? EVENT_FRAME : EVENT_NEIGHBOUR,
	    .family = frame->kind == FRAME_VRRP4 || frame->kind == FRAME_ARP ?
	    4 : 6, .protocol = frame->kind == FRAME_VRRP4 ?
	    frame->bytes[9] : IPPROTO_VRRP_, .hop_limit = frame->hop_limit,
	    .ifindex = r->kernel.interfaces[frame->segment].ifindex,
	    .source = frame->source, .destination = frame->destination,
	    .bytes = frame->bytes, .length = frame->length };

	if (frame->kind == FRAME_BFD) {
		event.kind = EVENT_BFD;
		event.bytes += IP4_HEADER + UDP_HEADER;
		event.length -= IP4_HEADER + UDP_HEADER;
		session_hears(r, event.bytes);
	}
	if (!vrrp) {
		daemon_event(r->d, r->local, &event);
		watch_event(s, r);
		return;
	}
	s->total->heard++;
	/* What was sent counts for the numbers that are taken. */
	if (event.protocol == IPPROTO_AH_)
		router_carry_out(s, r);
	watch_hear(s, r, frame, &event);
}

/*
 * Reads what the packet sockets hold, one after the other: advertisements
 * before neighbours (D-15).
 */
static void
router_read(struct sim *s, struct router *r)
{
	for (int kind = 0; kind < FRAME_KINDS; kind++) {
		for (uint16_t n = 0; n < r->inbox_count; n++) {
			if (s->frames[r->inbox[n]].kind == kind)
				router_hear(s, r, r->inbox[n]);
			if (r->out.at > r->out.start && kind > FRAME_BFD)
				router_carry_out(s, r);
		}
	}
	for (uint16_t n = 0; n < r->inbox_count; n++)
		frame_drop(s, r->inbox[n]);
	r->inbox_count = 0;
}

/* Works out when the router has its next turn. */
static void
router_schedule(struct sim *s, struct router *r)
{
	usec_t due;

	if (r->d == NULL) {
		r->next = NEVER;
		return;
	}
	due = daemon_deadline(r->d);
	if (r->w->dump.wanted)
		due = usec_min(due, dump_due(r->w));
	due = due == 0 ? s->now : router_moment(r, due);
	if (r->w->pending_count > 0 || r->w->netlink_lost ||
	    r->w->netlink_full || kernel_readable(&r->kernel))
		due = usec_min(due, s->now + router_latency(s, r));
	r->next = usec_max(usec_max(due, s->now), r->paused_until);
}

/* The daemon is gone, in one way or another. */
static void
router_gone(struct sim *s, struct router *r)
{
	for (uint16_t n = 0; n < r->inbox_count; n++)
		frame_drop(s, r->inbox[n]);
	r->inbox_count = 0;
	r->d = NULL;
	r->out.at = r->out.start;
	r->next = NEVER;
	r->session = CHECK_PENDING;
	r->stop_asked = r->reload_asked = r->stopping = false;
	r->order = ORDER_NONE;
	kernel_close(&r->kernel);
	firewall_ends(s, r, false);
	watch_gone(s, r);
}

/* Replaces the running daemon by one of another plan, as loop_swap does. */
static void
router_reload(struct sim *s, struct router *r)
{
	struct made *old = r->made, *next = r->spare;

	router_carry_out(s, r);
	/* What is at fault when it begins is told after the first dump. */
	r->silent_reload = r->d->dumped && memcmp(&old->plan, &r->plan,
	    sizeof(old->plan)) == 0;
	note(s, r, "reloads%s", r->silent_reload ? ", unchanged" : "");
	made_build(s, next, &r->plan, r);
	made_daemon(s, next, r);
	tally(s, TALLY_I13);
	daemon_retire(&old->daemon, &next->daemon, r->local);
	router_carry_out(s, r);
	firewall_begins(s, r, next, &old->conf);
	daemon_inherit(&next->daemon, &old->daemon, &next->arena, r->local);
	if (next->arena.failed)
		broken(s, r, "no memory at reload");
	r->made = next;
	r->spare = old;
	r->d = &next->daemon;
	router_carry_out(s, r);
	r->count_changed = true;
	track_begins(s, r);
	watch_reload(s, r);
	r->silent_reload = false;
}

/* Hands over what the operator asked of one virtual router, or of all. */
static void
router_ordered(struct sim *s, struct router *r)
{
	uint8_t order = r->order;

	r->order = ORDER_NONE;
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		uint32_t planned = planned_of(r, n);
		struct event event = { .kind = EVENT_OPERATOR, .index = n,
		    .token = OPERATION_MAINTENANCE,
		    .value = order == ORDER_MAINTENANCE };

		if (order != ORDER_RESET && planned != r->order_vr)
			continue;
		if (order != ORDER_PRIORITY) {
			watch_maintained(s, r, planned,
			    order == ORDER_MAINTENANCE);
			router_feed(r->w, &event);
		}
		event.token = OPERATION_PRIORITY;
		event.value = order == ORDER_PRIORITY ? r->order_priority : 0;
		if (order != ORDER_MAINTENANCE) {
			r->watches[planned].set_priority =
			    (uint8_t)event.value;
			router_feed(r->w, &event);
		}
		s->tallies[TALLY_prio] += order == ORDER_PRIORITY;
	}
}

/* Tells what a tracked file holds, and how many processes run. */
static void
router_looks(struct router *r)
{
	struct event file = { .kind = EVENT_FILE, .value = r->file_value };
	struct event count = { .kind = EVENT_COUNT, .value = r->count };

	if (r->file_changed && r->d->conf->file_count > 0)
		router_feed(r->w, &file);
	if (r->count_changed && r->d->conf->process_count > 0)
		router_feed(r->w, &count);
	if (r->count_changed)
		r->counted_at = r->local;
	r->file_changed = r->count_changed = false;
}

/* One turn, in the order of serve. */
static void
router_turn(struct sim *s, struct router *r)
{
	struct event shutdown = { .kind = EVENT_SHUTDOWN };
	bool readable, news;

	sim_router = r;
	r->local = router_clock(r, s->now);
	s->total->steps++;
	readable = r->inbox_count > 0 || kernel_readable(&r->kernel) ||
	    r->w->pending_count > 0;		/* SIGCHLD came */
	news = readable || r->stop_asked ||
	    r->reload_asked || r->file_changed || r->count_changed ||
	    r->w->dump.wanted || r->order != ORDER_NONE;
	s->tallies[TALLY_late] += readable &&
	    daemon_deadline(r->d) <= r->local;
	router_time(s, r, !readable);
	if (r->inbox_count > 0)
		router_read(s, r);
	if (kernel_readable(&r->kernel))
		netlink_receive(r->w, router_feed);
	if (r->w->pending_count > 0 || r->w->netlink_lost ||
	    r->w->netlink_full || r->w->dump.wanted)
		world_pending(r->w, router_feed);
	router_looks(r);
	if (r->order != ORDER_NONE)
		router_ordered(s, r);
	if (r->stop_asked) {
		r->stop_asked = false;
		note(s, r, "is told to stop");
		router_feed(r->w, &shutdown);
	}
	if (r->reload_asked && !r->d->stopping) {
		r->reload_asked = false;
		router_reload(s, r);
	}
	router_carry_out(s, r);
	if (readable)
		router_time(s, r, true);
	watch_turn(s, r, news);
	if (r->stopping) {
		watch_stopped(s, r);
		firewall_ends(s, r, true);
		router_gone(s, r);
	}
	router_schedule(s, r);
}

/* Starts the daemon of a router, with no memory of an earlier one. */
static void
router_start(struct sim *s, struct router *r)
{
	struct world *w = r->w;

	if (r->d != NULL)
		return;
	note(s, r, "starts");
	r->unseen = 0;
	r->local = router_clock(r, s->now);
	w->dump = (struct world_dump){ .type = 0 };
	w->netlink_full = w->netlink_lost = false;
	w->pending_first = w->pending_count = 0;
	w->loop = r;
	r->out = effects_over(r->queue, sizeof(r->queue), router_drain, r);
	made_build(s, r->made, &r->plan, r);
	made_daemon(s, r->made, r);
	firewall_begins(s, r, r->made, NULL);
	r->d = &r->made->daemon;
	r->kernel.open = true;
	r->file_changed = r->count_changed = true;
	track_begins(s, r);
	watch_start(r);
	daemon_start(r->d, r->local, r->local);
	router_carry_out(s, r);
	router_schedule(s, r);
}

/* Kills the daemon: its addresses stay, what it had checked dies. */
static void
router_crash(struct sim *s, struct router *r)
{
	if (r->d == NULL)
		return;
	note(s, r, "crashes");
	r->left = true;
	r->unmarked = r->unmarked || !r->kernel.tells_protocol;
	memset(r->kernel.processes, 0, sizeof(r->kernel.processes));
	router_gone(s, r);
}

/* A packet reached a router: whether its kernel hands it to the daemon. */
static bool
router_accepts(struct router *r, const struct sim_frame *frame)
{
	struct kernel_interface *i = &r->kernel.interfaces[frame->segment];
	uint8_t n = 0;

	if (r->d == NULL || i->ifindex == 0 || !i->up || !i->carrier)
		return false;
	if (frame->kind > FRAME_BFD)
		return true;
	if (!ip_is_multicast(&frame->destination))
		return kernel_address_find(i, &frame->destination, 0) != NULL;
	while (n < i->group_count &&
	    !ip_equal(&i->groups[n], &frame->destination))
		n++;
	return n < i->group_count;
}

/* A packet reached a router: it wakes, or will find it when it wakes. */
static void
router_receive(struct sim *s, struct router *r, uint32_t index)
{
	if (!router_accepts(r, &s->frames[index]) ||
	    r->inbox_count == SIM_INBOX) {
		s->tallies[TALLY_unread] += r->inbox_count == SIM_INBOX;
		frame_drop(s, index);
		return;
	}
	r->inbox[r->inbox_count++] = index;
	if (r->paused_until <= s->now)
		router_turn(s, r);
	else
		r->next = usec_min(r->next, r->paused_until);
}
