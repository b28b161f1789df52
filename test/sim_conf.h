/* SPDX-License-Identifier: ISC */
/*
 * Configurations: what a cluster agrees about, what each router is told, and
 * the struct conf that is made of both, as the parser would make it.
 */

/*
 * An Advertisement_Interval as people set them.  Most leave it at a second;
 * who wants more speed has a dense system, and who takes the longest that the
 * packet can say (40.95 s, 255 s) a calm one.
 */
static uint32_t
chance_interval(struct sim *s, uint8_t version)
{
	static const uint8_t seconds[2][8] = { { 1, 1, 1, 1, 1, 1, 2, 3 },
	    { 1, 1, 1, 3, 10, 30, 120, 255 } };
	static const uint16_t centiseconds[2][9] = {
	    { 100, 100, 100, 100, 10, 1, 300, 25, 4095 },
	    { 100, 100, 100, 100, 300, 1000, 3000, 4095, 4095 } };

	return version == 2 ? seconds[s->calm][chance_range(s, 0, 7)] *
	    (uint32_t)SECOND_US : centiseconds[s->calm][chance_range(s, 0,
	    8)] * (uint32_t)CS_US;
}

/* Draws one virtual router of the cluster. */
static void
cluster_vr_draw(struct sim *s, uint32_t n)
{
	struct cluster_vr *vr = &s->vrs[n];
	int64_t kind = chance_range(s, 0, 2);

	*vr = (struct cluster_vr){ .family = kind == 2 ? 6 : 4,
	    .version = kind == 0 ? 2 : 3, .vrid = (uint8_t)(51 + n),
	    .group = NO_GROUP };
	vr->segment = chance_one_in(s, 4);
	vr->addresses = (uint8_t)chance_range(s, 1, 3);
	if (n < SIM_GROUPS * s->group_count)
		vr->group = (uint8_t)(n / 2);
	if (n == 2 && s->vr_count == 3 && s->group_count == 1 &&
	    chance_one_in(s, 2))
		vr->group = 0;
	if (vr->version == 2 && chance_one_in(s, 3))
		vr->password = 1;
	vr->header = vr->password > 0 && chance_one_in(s, 2);
	vr->excluded = vr->addresses < SIM_VIPS && chance_one_in(s, 4);
	vr->prefix = vr->family == 6 ? 64 : chance_one_in(s, 2) ? 24 : 32;
	vr->interval_us = chance_interval(s, vr->version);
	if (s->even && n > 0 && !s->assorted)
		vr->interval_us = s->vrs[0].interval_us;
	if (s->even && s->vr_count > 1 && vr->interval_us > 40 * SECOND_US &&
	    vr->version == 3)
		vr->interval_us = 40 * (uint32_t)SECOND_US;
	vr->mixed = vr->version == 3 && chance_one_in(s, 3);
	vr->unicast = s->unicast;
	vr->strict = !vr->unicast && chance_one_in(s, 8);
	vr->signs = vr->version == 3 && s->router_count <= SIM_SIGNERS &&
	    chance_one_in(s, 4);
	vr->entries = chance_one_in(s, 4);
	vr->has_owner = vr->group == NO_GROUP && vr->family == 4 &&
	    chance_one_in(s, 8);
	if (vr->has_owner)
		vr->excluded = 0;
	vr->vmac = !vr->unicast && !vr->has_owner && chance_one_in(s, 4);
	s->longest_us = usec_max(s->longest_us, vr->interval_us);
	s->shortest_us = usec_min(s->shortest_us, vr->interval_us);
}

/*
 * Draws what all routers agree about.  What an even cluster does is to repeat
 * soon: most have one interval.
 */
static void
cluster_draw(struct sim *s)
{
	s->vr_count = (uint32_t)chance_range(s, 1, chance_one_in(s, 3) ?
	    SIM_VRS : 1);
	s->group_count = s->vr_count > 1 && chance_one_in(s, 2);
	if (s->vr_count == SIM_VRS && !chance_one_in(s, 3))
		s->group_count = SIM_GROUPS;
	s->assorted = chance_one_in(s, 8);
	s->bfd = !s->even && chance_one_in(s, 4);
	s->unicast = s->router_count <= SIM_PEERS && chance_one_in(s, 5);
	s->longest_us = s->refresh_us = s->script_us = s->bfd_us = 0;
	s->shortest_us = NEVER;
	for (uint32_t n = 0; n < s->vr_count; n++)
		cluster_vr_draw(s, n);
}

/* What keepalived's garp_* may be: its defaults; often, seldom, once. */
static const struct {
	uint32_t	delay_us, lower_prio_delay_us, refresh_us, pause_us;
	uint8_t		repeat, refresh_repeat, lower_prio_repeat;
} announcing[ANNOUNCINGS] = {
	{ 5000000, 5000000, 0, 0, 5, 1, 5 },
	{ 5000000, 5000000, 60000000, 0, 2, 1, 2 },
	{ 1000000, 0, 20000000, 10000, 3, 2, 1 },
	{ 0, 0, 0, 0, 1, 1, 0 },
	{ 10000000, 2000000, 3600000000, 1000, 2, 1, 1 },
};

/*
 * Draws what one router is told of one virtual router.  A loud one tells the
 * Backups its own interval when it yields, so that they would not wait for a
 * slower one's: intervals differ only where nobody is loud.
 */
static void
plan_vr_draw(struct sim *s, struct plan *plan, uint32_t n, bool slow)
{
	uint32_t interval_us = s->vrs[n].interval_us;

	plan->vrs[n].version = s->vrs[n].version;
	plan->vrs[n].password = s->vrs[n].password;
	plan->vrs[n].priority = (uint8_t)chance_range(s, 1, 254);
	plan->vrs[n].addresses = s->vrs[n].addresses;
	plan->vrs[n].entries = s->vrs[n].entries;
	plan->vrs[n].vmac = s->vrs[n].vmac && !chance_one_in(s, 4);
	if (s->vrs[n].mixed && chance_one_in(s, 3))
		interval_us = (uint32_t)(s->even ? interval_us / CS_US
		    * chance_range(s, 2, 4) / 4 : s->calm ? chance_range(s,
		    interval_us / CS_US / 2, interval_us / CS_US) :
		    chance_range(s, 10, 300)) * CS_US;
	plan->vrs[n].interval_us = interval_us;
	s->longest_us = usec_max(s->longest_us, interval_us);
	s->shortest_us = usec_min(s->shortest_us, interval_us);
	plan->vrs[n].no_preempt = chance_one_in(s, slow ? 2 : 6);
	if (chance_one_in(s, slow ? 2 : 6))
		plan->vrs[n].preempt_delay_us =
		    (uint32_t)chance_range(s, 1, 20000000);
	plan->vrs[n].no_accept = chance_one_in(s, 4);
	plan->vrs[n].quiet = chance_one_in(s, 6);
	plan->vrs[n].loud = !s->vrs[n].mixed && chance_one_in(s, 6);
	if (chance_one_in(s, 2))
		plan->vrs[n].weight = n == 0 ? 20 : -20;
}

/* Draws what kinds of checks a router has, and whether it tracks a process. */
static void
plan_trackers_draw(struct sim *s, struct plan *plan)
{
	static const int16_t weights[] = { 0, 15, -15 };

	for (int i = 0; i < SIM_SCRIPTS; i++)
		plan->checks[i] = (uint8_t)(chance_one_in(s, 2) ?
		    CHECK_COMMAND : chance_range(s, CHECK_PIDFILE,
		    CHECK_ROUTE));
	plan->process = chance_one_in(s, 6);
	plan->process_weight = weights[chance_range(s, 0, 2)];
	plan->quorum = (uint32_t)chance_range(s, 1, SIM_PROCESSES);
	if (chance_one_in(s, 2)) {
		plan->fork_delay_us = (uint32_t)chance_range(s, 0, SECOND_US);
		plan->terminate_delay_us = (uint32_t)chance_range(s, 0,
		    2 * SECOND_US);
	}
}

/*
 * Draws the session that the first two routers have with each other.  In a calm
 * system it is slow, too.
 */
static void
plan_session_draw(struct sim *s, struct plan *plan)
{
	static const int16_t weights[] = { 0, 20, -20 };
	usec_t most = s->calm ? usec_max(usec_min(s->shortest_us, 10 *
	    SECOND_US), 100 * MS_US) : SECOND_US;

	plan->bfd_us = (uint32_t)chance_range(s, most / 10, most);
	plan->bfd_multiplier = (uint8_t)chance_range(s, 1, 5);
	s->bfd_us = usec_max(s->bfd_us, plan->bfd_us);
	plan->bfd_weight = weights[chance_range(s, 0, 2)];
}

/*
 * Draws what one router is told.  Members of a sync group have one priority on
 * a router, and preempt or not, and weigh their check alike: with several, each
 * best elsewhere, a group cannot settle.
 */
static void
plan_draw(struct sim *s, struct plan *plan, uint16_t router)
{
	bool ties = chance_one_in(s, 8), slow = chance_one_in(s, 8);
	uint32_t first[SIM_GROUPS + 1] = { SIM_VRS, SIM_VRS };

	*plan = (struct plan){ .rise = 1, .fall = 1 };
	plan->scripts = chance_one_in(s, 3);
	plan->file = chance_one_in(s, 6);
	plan->weighs_file = chance_one_in(s, 2);
	plan->statics = chance_one_in(s, 6);
	plan_trackers_draw(s, plan);
	if (s->bfd && router < 2)
		plan_session_draw(s, plan);
	plan->announcing = (uint8_t)chance_range(s, 0, 2);
	if (s->calm && plan->announcing > 0)
		plan->announcing += 2;
	if (chance_one_in(s, 3)) {
		plan->rise = (uint8_t)chance_range(s, 1, 3);
		plan->fall = (uint8_t)chance_range(s, 1, 3);
	}
	if (chance_one_in(s, 6))
		plan->startup_delay_us = (uint32_t)chance_range(s, 1, 5000000);
	for (uint32_t n = 0; n < s->vr_count; n++) {
		uint32_t group = s->vrs[n].group;

		plan_vr_draw(s, plan, n, slow);
		if (group != NO_GROUP && first[group] == SIM_VRS)
			first[group] = n;
		if (group != NO_GROUP) {
			plan->vrs[n].priority = plan->vrs[first[group]]
			    .priority;
			plan->vrs[n].no_preempt = plan->vrs[first[group]]
			    .no_preempt;
			plan->vrs[n].weight = plan->vrs[first[group]].weight;
		}
		if (ties)
			plan->vrs[n].priority = 100;
		if (s->vrs[n].has_owner && router == n % s->router_count)
			plan->vrs[n].priority = PRIORITY_OWNER;
	}
	plan->script_us = s->calm ? (uint32_t)usec_min(usec_max(s->shortest_us,
	    2 * SECOND_US), 60 * SECOND_US) : 2000000;
	s->script_us = usec_max(s->script_us, plan->script_us);
	s->refresh_us = usec_max(s->refresh_us,
	    announcing[plan->announcing].refresh_us);
}

/* Which check a virtual router tracks: one for all of a sync group. */
static uint16_t
plan_script(const struct sim *s, uint32_t planned)
{
	return (uint16_t)((s->vrs[planned].group == NO_GROUP ? planned :
	    s->vrs[planned].group) % SIM_SCRIPTS);
}

/* Whether a virtual router has authentication headers. */
static bool
plan_authentic(const struct sim *s, const struct plan *plan, uint32_t planned)
{
	return s->vrs[planned].header && !plan->vrs[planned].absent &&
	    plan->vrs[planned].version == 2 && plan->vrs[planned].password > 0;
}

/* Adds a line of track_script, track_file or track_interface. */
static void
made_track(struct made *m, uint16_t n, enum track_kind kind, uint16_t index,
    int16_t weight)
{
	struct conf_vr *vr = &m->vrs[n];

	m->tracks[n][vr->track_count++] = (struct conf_track){
	    .kind = (uint8_t)kind, .index = index, .weight = weight };
	if (kind == TRACK_SCRIPT)
		m->scripts[index].used = true;
	else if (kind == TRACK_FILE)
		m->files[index].used = true;
	else if (kind == TRACK_PROCESS)
		m->processes[index].used = true;
	else if (kind == TRACK_BFD)
		m->bfds[index].used = true;
}

/* Makes the addresses and peers of one virtual router. */
static void
made_lists(const struct sim *s, struct made *m, uint16_t n, uint32_t planned,
    uint16_t router)
{
	const struct cluster_vr *cluster = &s->vrs[planned];
	struct conf_vr *vr = &m->vrs[n];

	vr->address_count = m->plan.vrs[planned].addresses;
	vr->excluded_count = cluster->excluded;
	vr->addresses = m->addresses[n];
	for (uint32_t k = 0; k < SIM_VIPS; k++)
		m->addresses[n][k] = (struct conf_address){
		    .ip = virtual_address(s, planned, k),
		    .prefix = cluster->prefix, .interface = cluster->segment };
	vr->peers = m->peers[n];
	for (uint32_t i = 0; cluster->unicast && i < s->router_count; i++) {
		struct conf_peer *peer = &m->peers[n][vr->peer_count];

		if (i == router)
			continue;
		*peer = (struct conf_peer){ .ttl_max = 255, .ip =
		    router_address(cluster->family, cluster->segment, i) };
		vr->peer_count++;
	}
}

/* Makes the macvlan of one virtual router, where its addresses are then. */
static void
made_link(const struct sim *s, struct made *m, uint16_t n, uint32_t planned)
{
	uint16_t k = m->conf.link_count++;
	uint16_t index = m->conf.interface_count++;
	struct conf_vmac *vmac = &m->vmacs[k];

	*vmac = (struct conf_vmac){ .mac_length = 6, .kind = LINK_MACVLAN };
	snprintf(vmac->name, sizeof(vmac->name), "vrrp.%u", planned);
	virtual_mac(s, planned, vmac->mac);
	m->links[k] = (struct conf_link){ .interface = index,
	    .base = s->vrs[planned].segment, .vr = n, .vmac = vmac,
	    .ip4 = s->vrs[planned].family == 4,
	    .ip6 = s->vrs[planned].family == 6 };
	m->interfaces[index] = (struct conf_interface){ .link = &m->links[k] };
	memcpy(m->interfaces[index].name, vmac->name, sizeof(vmac->name));
	m->vrs[n].vmac = vmac;
	m->vrs[n].link = k;
	m->vrs[n].link_count = 1;
	for (uint32_t i = 0; i < SIM_VIPS; i++)
		m->addresses[n][i].interface = index;
}

/* How one virtual router announces its addresses. */
static void
made_announcing(struct conf_vr *vr, const struct plan *plan)
{
	uint8_t row = plan->announcing;

	vr->garp_delay_us = announcing[row].delay_us;
	vr->garp_lower_prio_delay_us = announcing[row].lower_prio_delay_us;
	vr->garp_refresh_us = announcing[row].refresh_us;
	vr->garp_repeat = announcing[row].repeat;
	vr->garp_refresh_repeat = announcing[row].refresh_repeat;
	vr->garp_lower_prio_repeat = announcing[row].lower_prio_repeat;
}

/* Makes one virtual router, the n-th of the configuration. */
static void
made_vr(const struct sim *s, struct made *m, uint16_t n, uint32_t planned,
    uint16_t router)
{
	static const char *const names[SIM_VRS] = { "VI_0", "VI_1", "VI_2",
	    "VI_3" };
	static const struct ip groups[2] = { { { 224, 0, 0, 18 }, 4 },
	    { { 0xff, 2, [15] = 0x12 }, 6 } };
	const struct cluster_vr *cluster = &s->vrs[planned];
	const struct plan *plan = &m->plan;

	m->planned[n] = (uint8_t)planned;
	m->vrs[n] = (struct conf_vr){
		.name = names[planned], .tracks = m->tracks[n],
		.notify = &m->notify, .interval_us =
		    plan->vrs[planned].interval_us,
		.preempt_delay_us = plan->vrs[planned].preempt_delay_us,
		.interface = cluster->segment,
		.group = cluster->group == NO_GROUP ? NONE : cluster->group,
		.destination = groups[cluster->family == 6],
		.family = cluster->family,
		.version = plan->vrs[planned].version,
		.vrid = cluster->vrid,
		.priority = plan->vrs[planned].priority,
		.down_timer_adverts = 3, .unicast_ttl = 255,
		.accept = !(plan->vrs[planned].no_accept || cluster->strict) ||
		    plan->vrs[planned].priority == PRIORITY_OWNER,
		.unicast = cluster->unicast,
		.check_unicast_source = true, .strict = cluster->strict,
		.no_preempt = plan->vrs[planned].no_preempt,
		.lower_prio_no_advert = plan->vrs[planned].quiet,
		.higher_prio_send_advert = plan->vrs[planned].loud,
	};
	made_announcing(&m->vrs[n], plan);
	if (plan->vrs[planned].version == 2 &&
	    plan->vrs[planned].password > 0) {
		m->vrs[n].auth_type = cluster->header ? AUTH_AH : AUTH_PASS;
		m->vrs[n].auth_pass[0] = plan->vrs[planned].password;
	}
	if (cluster->signs && plan->vrs[planned].version == 3)
		m->vrs[n].hmac = (struct conf_hmac){ .keys = { &m->key, 1 },
		    .window_s = SIGNED_US / SECOND_US, .active = 1,
		    .mode = HMAC_ENFORCE, .replay = planned % 2 == 0 ?
		    REPLAY_TIME : REPLAY_MONOTONIC };
	made_lists(s, m, n, planned, router);
	if (plan->vrs[planned].vmac)
		made_link(s, m, n, planned);
	if (plan->scripts)
		made_track(m, n, TRACK_SCRIPT, plan_script(s, planned),
		    plan->vrs[planned].weight);
	if (plan->file)
		made_track(m, n, TRACK_FILE, 0, plan->weighs_file ? 10 : 0);
	if (plan->process)
		made_track(m, n, TRACK_PROCESS, 0, plan->process_weight);
	if (plan->bfd_multiplier > 0)
		made_track(m, n, TRACK_BFD, 0, plan->bfd_weight);
}

/* Whom built-in checks ask. */
static struct ip
checked_ip(void)
{
	return (struct ip){ { 192, 0, 2, 80 }, 4 };
}

/* Makes the programs, and what they run for. */
static void
made_rest(struct made *m)
{
	static const char *const argv[] = { "/bin/program", NULL };
	static const char *const names[SIM_SCRIPTS] = { "check0", "check1" };

	for (int i = 0; i < 3; i++)
		m->commands[i] = (struct conf_command){ .argv = argv,
		    .path = argv[0] };
	for (uint16_t i = 0; i < SIM_SCRIPTS; i++)
		m->scripts[i] = (struct conf_script){ .name = names[i],
		    .check = { .kind = m->plan.checks[i], .ip = checked_ip(),
			.port = (uint16_t)(80 + i), .prefix = 24,
			.path = "/run/checked", .interface = NONE },
		    .command = i, .interval_us = m->plan.script_us,
		    .timeout_us = m->plan.script_us / 4 * 3,
		    .rise = m->plan.rise, .fall = m->plan.fall };
	for (int i = 0; i < NOTIFY_KINDS; i++)
		m->notify.command[i] = i == NOTIFY_ANY ? 2 : NONE;
	m->key = (struct conf_key){ .id = 1, .length = KEY_MIN };
	memset(m->key.bytes, 0x5a, KEY_MIN);
	m->files[0] = (struct conf_file){ .name = "file", .path = "/file" };
	m->processes[0] = (struct conf_process){ .name = "process",
	    .words = "server", .length = sizeof("server"),
	    .quorum = m->plan.quorum, .quorum_max = QUORUM_MAX,
	    .fork_delay_us = m->plan.fork_delay_us,
	    .terminate_delay_us = m->plan.terminate_delay_us };
}

/* Makes the session with the other one of the first two routers. */
static void
made_session(const struct sim *s, struct made *m, uint16_t router)
{
	m->bfds[0] = (struct conf_bfd){ .name = "session",
	    .neighbor = router_address(4, s->vrs[0].segment, router ^ 1U),
	    .source = router_address(4, s->vrs[0].segment, router),
	    .multiplier = m->plan.bfd_multiplier, .hop_limit = 255,
	    .min_rx_us = m->plan.bfd_us, .min_tx_us = m->plan.bfd_us,
	    .idle_tx_us = m->plan.bfd_us > SECOND_US ? m->plan.bfd_us :
	    (uint32_t)SECOND_US };
}

/* Makes the sync groups; one whose members are all absent is empty. */
static void
made_groups(const struct sim *s, struct made *m)
{
	static const char *const names[SIM_GROUPS] = { "G0", "G1" };

	for (uint32_t g = 0; g < s->group_count; g++) {
		m->groups[g] = (struct conf_group){ .name = names[g],
		    .members = m->members[g] };
		for (uint16_t i = 0; i < m->conf.vr_count; i++) {
			if (m->vrs[i].group == g)
				m->members[g][m->groups[g].member_count++] = i;
		}
	}
}

/* Adds an entry whose body is in the next room for one. */
static void
made_entry(struct made *m, enum entry_kind kind, uint16_t vr, size_t length)
{
	uint32_t n = m->conf.entry_count++;

	m->entries[n] = (struct conf_entry){ .text = "an entry",
	    .body = m->bodies[n], .length = (uint16_t)length, .vr = vr,
	    .group = NONE, .kind = (uint8_t)kind, .flags = NLM_F_CREATE |
	    (kind == ENTRY_ROUTE ? 0 : NLM_F_EXCL) };
}

/* Adds the routes and the rule of a virtual router, or the statics. */
static void
made_entries_of(const struct sim *s, struct made *m, uint32_t planned,
    uint16_t vr)
{
	struct kernel_rule rule = entry_rule(s, planned);
	struct packer p;

	for (uint32_t n = 0; n < entry_routes(planned); n++) {
		struct kernel_route route = entry_route(s, planned, n,
		    entry_segment(s, planned) + 1U);

		p = packer_over(m->bodies[m->conf.entry_count], SIM_BODY);
		route_body(&p, &route);
		made_entry(m, ENTRY_ROUTE, vr, packer_length(&p));
	}
	p = packer_over(m->bodies[m->conf.entry_count], SIM_BODY);
	rule_body(&p, &rule);
	made_entry(m, ENTRY_RULE, vr, packer_length(&p));
}

/* Makes all entries, the static ones first. */
static void
made_entries(const struct sim *s, struct made *m, const struct router *r)
{
	struct conf_address address = { .ip = static_ip(r), .prefix = 64 };
	uint8_t request[NETLINK_MAX];
	size_t length, head = sizeof(struct nlmsghdr);

	m->conf.entries = m->entries;
	if (m->plan.statics) {
		length = nl_address_request(request, sizeof(request), true,
		    &address, 1, 0, ADDRESS_PROTOCOL) - head;
		memcpy(m->bodies[0], request + head, length);
		made_entry(m, ENTRY_ADDRESS, NONE, length);
		made_entries_of(s, m, ENTRY_STATIC, NONE);
	}
	m->conf.static_count = m->conf.entry_count;
	for (uint16_t n = 0; n < m->conf.vr_count; n++) {
		m->vrs[n].first_entry = m->conf.entry_count;
		if (m->plan.vrs[m->planned[n]].entries)
			made_entries_of(s, m, m->planned[n], n);
		m->vrs[n].entry_count = m->conf.entry_count -
		    m->vrs[n].first_entry;
	}
}

/* Makes the configuration of a plan. */
static void
made_build(struct sim *s, struct made *m, const struct plan *plan,
    const struct router *r)
{
	uint16_t n = 0;

	m->plan = *plan;
	made_rest(m);
	made_session(s, m, r->index);
	memset(m->interfaces, 0, sizeof(m->interfaces));
	for (uint16_t i = 0; i < SIM_SEGMENTS; i++)
		snprintf(m->interfaces[i].name, sizeof(m->interfaces[i].name),
		    "eth%u", i);
	m->conf = (struct conf){ .interfaces = m->interfaces,
	    .interface_count = SIM_SEGMENTS, .vrs = m->vrs, .links = m->links,
	    .commands = m->commands, .command_count = 3,
	    .scripts = m->scripts, .script_count = plan->scripts ?
	    SIM_SCRIPTS : 0, .files = m->files, .file_count = plan->file,
	    .bfds = m->bfds, .bfd_count = plan->bfd_multiplier > 0,
	    .processes = m->processes, .process_count = plan->process,
	    .groups = m->groups, .group_count = (uint16_t)s->group_count };
	for (uint32_t i = 0; i < s->vr_count; i++) {
		if (!plan->vrs[i].absent)
			made_vr(s, m, n++, i, r->index);
	}
	m->conf.vr_count = n;
	made_groups(s, m);
	made_entries(s, m, r);
	m->conf.global.startup_delay_us = plan->startup_delay_us;
	m->conf.global.garp_interval_us = m->conf.global.gna_interval_us =
	    announcing[plan->announcing].pause_us;
	m->conf.global.fifo[0].path = "/fifo";
	m->conf.global.nft_table = "vrrpd";
}

/*
 * Builds the daemon of a configuration in its memory, which must be zero.
 * Nothing is taken from it after that (I13): there is no more.
 */
static void
made_daemon(struct sim *s, struct made *m, struct router *r)
{
	m->arena = (struct arena){ .at = m->memory,
	    .end = m->memory + sizeof(m->memory) };
	memset(m->memory, 0, sizeof(m->memory));
	if (!daemon_build(&m->daemon, &m->arena, &m->conf, &r->out))
		broken(s, r, "no memory for the daemon");
}
