/* SPDX-License-Identifier: ISC */
/*
 * Configurations: what a cluster agrees about, what each router is told, and
 * the struct conf that is made of both, as the parser would make it.
 */

/* Draws one virtual router of the cluster. */
static void
cluster_vr_draw(struct sim *s, uint32_t n)
{
	static const uint32_t intervals[] = { 1000000, 1000000, 1000000,
	    1000000, 100000, 10000, 3000000, 250000, 40950000 };
	struct cluster_vr *vr = &s->vrs[n];
	int64_t kind = chance_range(s, 0, 2);

	*vr = (struct cluster_vr){ .segment = (uint8_t)chance_range(s, 0, 1),
	    .family = kind == 2 ? 6 : 4, .version = kind == 0 ? 2 : 3,
	    .vrid = (uint8_t)(51 + n),
	    .addresses = (uint8_t)chance_range(s, 1, 3) };
	if (chance_one_in(s, 2))
		vr->segment = 0;
	vr->excluded = vr->addresses < SIM_VIPS && chance_one_in(s, 4);
	vr->prefix = vr->family == 6 ? 64 : chance_one_in(s, 2) ? 24 : 32;
	vr->interval_us = vr->version == 2 ? 1000000 * (uint32_t)
	    chance_range(s, 1, chance_one_in(s, 4) ? 3 : 1) :
	    intervals[chance_range(s, 0, (int64_t)COUNT_OF(intervals) - 1)];
	vr->unicast = s->unicast;
	vr->strict = !vr->unicast && chance_one_in(s, 8);
	vr->has_owner = !s->grouped && vr->family == 4 && chance_one_in(s, 8);
	if (vr->has_owner)
		vr->excluded = 0;
	s->longest_us = usec_max(s->longest_us, vr->interval_us);
}

/* Draws what all routers agree about. */
static void
cluster_draw(struct sim *s)
{
	s->vr_count = (uint32_t)chance_range(s, 1, chance_one_in(s, 3) ?
	    SIM_VRS : 1);
	s->grouped = s->vr_count > 1 && chance_one_in(s, 2);
	s->unicast = s->router_count <= SIM_PEERS && chance_one_in(s, 5);
	s->longest_us = 0;
	for (uint32_t n = 0; n < s->vr_count; n++)
		cluster_vr_draw(s, n);
}

/*
 * Draws what one router is told.  Members of a sync group have one priority on
 * a router, and preempt or not: with several, each best elsewhere, a group
 * cannot settle.
 */
static void
plan_draw(struct sim *s, struct plan *plan, uint16_t router)
{
	uint8_t priority = (uint8_t)chance_range(s, 1, 254);
	bool ties = chance_one_in(s, 8), no_preempt = chance_one_in(s, 6);

	*plan = (struct plan){ .grouped = s->grouped, .rise = 1, .fall = 1 };
	plan->scripts = chance_one_in(s, 3);
	plan->file = !s->grouped && chance_one_in(s, 6);
	plan->weighs_file = chance_one_in(s, 2);
	if (chance_one_in(s, 3)) {
		plan->rise = (uint8_t)chance_range(s, 1, 3);
		plan->fall = (uint8_t)chance_range(s, 1, 3);
	}
	if (chance_one_in(s, 6))
		plan->startup_delay_us = (uint32_t)chance_range(s, 1, 5000000);
	for (uint32_t n = 0; n < s->vr_count; n++) {
		if (!s->grouped)
			priority = (uint8_t)chance_range(s, 1, 254);
		plan->vrs[n].priority = ties ? 100 : priority;
		if (s->vrs[n].has_owner && router == n % s->router_count)
			plan->vrs[n].priority = PRIORITY_OWNER;
		plan->vrs[n].addresses = s->vrs[n].addresses;
		plan->vrs[n].interval_us = s->vrs[n].interval_us;
		if (s->vrs[n].version == 3 && chance_one_in(s, 8))
			plan->vrs[n].interval_us = (uint32_t)
			    chance_range(s, 10, 300) * CS_US;
		s->longest_us = usec_max(s->longest_us,
		    plan->vrs[n].interval_us);
		plan->vrs[n].no_preempt = s->grouped ? no_preempt :
		    chance_one_in(s, 6);
		if (chance_one_in(s, 6))
			plan->vrs[n].preempt_delay_us =
			    (uint32_t)chance_range(s, 1, 20000000);
		plan->vrs[n].quiet = chance_one_in(s, 6);
		plan->vrs[n].loud = chance_one_in(s, 6);
		plan->vrs[n].script_weight = !s->grouped && chance_one_in(s, 2);
	}
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

/* Makes one virtual router, the n-th of the configuration. */
static void
made_vr(const struct sim *s, struct made *m, uint16_t n, uint32_t planned,
    uint16_t router)
{
	static const char *const names[SIM_VRS] = { "VI_0", "VI_1", "VI_2" };
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
		.garp_delay_us = 5000000, .garp_lower_prio_delay_us = 5000000,
		.garp_refresh_us = 60000000, .garp_repeat = 2,
		.garp_refresh_repeat = 1, .garp_lower_prio_repeat = 2,
		.interface = cluster->segment,
		.group = plan->grouped ? 0 : NONE,
		.destination = groups[cluster->family == 6],
		.family = cluster->family, .version = cluster->version,
		.vrid = cluster->vrid,
		.priority = plan->vrs[planned].priority,
		.down_timer_adverts = 3, .unicast_ttl = 255,
		.accept = true, .unicast = cluster->unicast,
		.check_unicast_source = true, .strict = cluster->strict,
		.no_preempt = plan->vrs[planned].no_preempt,
		.lower_prio_no_advert = plan->vrs[planned].quiet,
		.higher_prio_send_advert = plan->vrs[planned].loud,
	};
	made_lists(s, m, n, planned, router);
	if (plan->scripts)
		made_track(m, n, TRACK_SCRIPT, planned % SIM_SCRIPTS,
		    plan->vrs[planned].script_weight ? planned == 0 ? 20 :
		    -20 : 0);
	if (plan->file)
		made_track(m, n, TRACK_FILE, 0, plan->weighs_file ? 10 : 0);
}

/* Makes the programs, and the sync group of all virtual routers. */
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
		    .command = i, .interval_us = 2000000,
		    .timeout_us = 1500000, .rise = m->plan.rise,
		    .fall = m->plan.fall };
	for (int i = 0; i < NOTIFY_KINDS; i++)
		m->notify.command[i] = i == NOTIFY_ANY ? 2 : NONE;
	m->files[0] = (struct conf_file){ .name = "file", .path = "/file" };
	m->groups[0] = (struct conf_group){ .name = "G",
	    .members = m->members };
}

/* Makes the configuration of a plan. */
static void
made_build(struct sim *s, struct made *m, const struct plan *plan,
    uint16_t router)
{
	uint16_t n = 0;

	m->plan = *plan;
	made_rest(m);
	for (uint32_t i = 0; i < s->vr_count; i++) {
		if (!plan->vrs[i].absent)
			made_vr(s, m, n++, i, router);
	}
	for (uint16_t i = 0; plan->grouped && i < n; i++)
		m->members[m->groups[0].member_count++] = i;
	for (uint16_t i = 0; i < SIM_SEGMENTS; i++)
		snprintf(m->interfaces[i].name, sizeof(m->interfaces[i].name),
		    "eth%u", i);
	m->conf = (struct conf){ .interfaces = m->interfaces,
	    .interface_count = SIM_SEGMENTS, .vrs = m->vrs, .vr_count = n,
	    .commands = m->commands, .command_count = 3,
	    .scripts = m->scripts, .script_count = plan->scripts ?
	    SIM_SCRIPTS : 0, .files = m->files, .file_count = plan->file,
	    .groups = m->groups, .group_count = plan->grouped && n > 0 };
	m->conf.global.startup_delay_us = plan->startup_delay_us;
	m->conf.global.fifo[0].path = "/fifo";
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
