/* SPDX-License-Identifier: ISC */
/*
 * The simulator's ground: what a run is made of, chance, time as each router
 * counts it, the queue of what is to happen, and the records that are printed
 * when an invariant breaks.  For test/sim.c.
 */

#define SIM_VRS		4	/* virtual routers of the cluster */
#define SIM_VIPS	4	/* addresses of one, excluded ones too */
#define SIM_SEGMENTS	2	/* Ethernets; interface ethN is on segment N */
#define SIM_LINKS	(SIM_SEGMENTS + SIM_VRS) /* of a kernel: behind */
	/* the Ethernets, a macvlan for each virtual router */
#define SIM_GROUPS	2
#define SIM_SCRIPTS	2
#define SIM_PROCESSES	3	/* tracked ones that run when all is well */
#define SIM_ENTRIES	3	/* routes and rules of a virtual router */
#define SIM_STATICS	3	/* an address, a route and a rule of none */
#define SIM_BODY	96	/* bytes of the largest request about one */
#define SIM_SIGNERS	5	/* routers */
#define SIM_MARKS	4	/* addresses whose last one is remembered */
#define SIM_PEERS	16	/* unicast only up to this many routers */
#define SIM_ROUTERS	230	/* as many hosts as a /24 has, and the VIPs */
#define SIM_FRAME	192	/* bytes of the largest packet here */
#define SIM_INBOX	64	/* packets that a router's sockets hold */
#define SIM_LINE	112	/* of a record */
#define SIM_RECORDS	64	/* that are kept of each router and the LAN */
#define SIM_MEMORY	(200 << 10)
#define SIM_QUEUE	(64 << 10)
#define DELAY_US	(5 * MS_US)	/* more than any on a calm LAN */

/* A packet on its way; the LAN's deliveries share it. */
struct sim_frame {
	uint16_t	users, length;
	uint8_t		kind;		/* enum frame_kind */
	uint8_t		segment, hop_limit;
	uint8_t		verdict;	/* enum sim_verdict */
	uint8_t		password;	/* of its sender; 0: none */
	uint16_t	sender;		/* router, or NONE: forged */
	uint64_t	serial;		/* the later sent, the larger */
	usec_t		sent_at;
	struct ip	source, destination;
	uint8_t		bytes[SIM_FRAME];
};
enum frame_kind {
	FRAME_VRRP4, FRAME_VRRP6, FRAME_BFD, FRAME_ARP, FRAME_ND, FRAME_KINDS
};
enum sim_verdict {
	VERDICT_GOOD,		/* as a daemon sent it, or forged as well */
	VERDICT_BAD,		/* must be refused by everybody */
	VERDICT_UNKNOWN
};

/* Something that happens at a moment, to a router. */
struct happening {
	usec_t		at;
	uint64_t	order;		/* of those at one moment */
	uint16_t	router;
	uint8_t		kind;		/* enum happening_kind */
	uint8_t		segment;
	uint32_t	what;		/* frame, process, or its kind's */
};
enum happening_kind {
	HAPPENS_FRAME, HAPPENS_PROCESS, HAPPENS_START, HAPPENS_CARRIER,
	HAPPENS_ADMIN, HAPPENS_CREATE, HAPPENS_ADDRESS, HAPPENS_DAD,
	HAPPENS_NAME, HAPPENS_CHECK, HAPPENS_FILE, HAPPENS_COUNT,
	HAPPENS_RELENT, HAPPENS_ORDER, HAPPENS_MISHAP
};

/* A line of the record; text stays empty where numbers say it. */
struct sim_record {
	usec_t		at;
	uint8_t		kind;		/* enum record_kind */
	uint8_t		vr, state, priority;
	uint16_t	router;
	int32_t		value;
	char		text[SIM_LINE];
};
enum record_kind { RECORD_SENT, RECORD_HEARD, RECORD_TEXT };

struct records {
	struct sim_record	lines[SIM_RECORDS];
	unsigned	count;
};

/* What all routers of the cluster agree about in one virtual router. */
struct cluster_vr {
	uint8_t		segment, family, version, vrid, prefix;
	uint8_t		addresses, excluded;
	uint8_t		group;		/* sync group, or NO_GROUP */
	uint8_t		password;	/* 0: none; v2 only */
	bool		unicast, strict, has_owner, signs; /* auth_hmac */
	bool		header;		/* auth_type AH, with a password */
	bool		vmac;		/* use_vmac, unless a plan does not */
	bool		entries;	/* virtual_routes and virtual_rules */
	bool		mixed;		/* intervals differ; v3 only */
	uint32_t	interval_us;
};
#define NO_GROUP	SIM_GROUPS

/* How a router announces its addresses: rows of announcing[]. */
#define ANNOUNCINGS	5
#define PACES		4	/* classes of Advertisement_Interval */
#define RELOADS		15	/* rows of reloads[] */
#define RELOADS_APART	12	/* from here on they part the routers */

/* What one router is told; a reload changes it. */
struct plan {
	struct {
		uint32_t	interval_us, preempt_delay_us;
		uint8_t		version, priority, addresses, password;
		bool		absent, no_preempt, quiet, loud, entries, vmac;
		bool		no_accept;
		int16_t		weight;	/* of its check; 0: a fault */
	} vrs[SIM_VRS];
	bool		scripts, file, weighs_file, statics, process;
	uint8_t		checks[SIM_SCRIPTS];	/* enum check_kind */
	int16_t		process_weight;		/* 0: a fault */
	uint32_t	quorum, fork_delay_us, terminate_delay_us;
	uint32_t	bfd_us;		/* its interval */
	uint8_t		bfd_multiplier;	/* 0: no session */
	int16_t		bfd_weight;		/* 0: a fault */
	uint8_t		announcing;
	uint32_t	startup_delay_us, script_us;
	uint8_t		rise, fall;
};

/* A configuration that was made of a plan. */
struct made {
	struct plan	plan;
	struct conf	conf;
	struct conf_interface interfaces[SIM_LINKS];
	struct conf_link links[SIM_VRS];
	struct conf_vmac vmacs[SIM_VRS];
	struct conf_vr	vrs[SIM_VRS];
	struct conf_address addresses[SIM_VRS][SIM_VIPS];
	struct conf_peer peers[SIM_VRS][SIM_PEERS];
	struct conf_track tracks[SIM_VRS][5];
	struct conf_command commands[3];
	struct conf_script scripts[SIM_SCRIPTS];
	struct conf_file files[1];
	struct conf_process processes[1];
	struct conf_bfd	bfds[1];
	struct conf_group groups[SIM_GROUPS];
	struct conf_notify notify;
	struct conf_key	key;
	struct conf_entry entries[SIM_STATICS + SIM_VRS * SIM_ENTRIES];
	uint8_t		bodies[SIM_STATICS + SIM_VRS * SIM_ENTRIES][SIM_BODY];
	uint16_t	members[SIM_GROUPS][SIM_VRS];
	uint8_t		planned[SIM_VRS];	/* which of the cluster's */
	struct daemon	daemon;
	struct arena	arena;
	_Alignas(16) uint8_t memory[SIM_MEMORY];
};

#define SIGNED_US	(30 * SECOND_US) /* how old a signed one may be */

/* What is watched of one virtual router of one router. */
struct watch {
	uint8_t		state;		/* of the machine, after each turn */
	uint8_t		told;		/* by the last line of the FIFO */
	uint8_t		told_script;	/* by the last notify script */
	uint8_t		announced;	/* bit per address, since taken over */
	usec_t		sent_at;	/* last advertisement, local */
	usec_t		active_at;	/* took over, local */
	usec_t		wrong_since;	/* kernel is not as wanted; NEVER */
	usec_t		preempt_at;	/* as the RFC's reader works it out */
	usec_t		second_at;	/* advertisements are counted since */
	uint32_t	second_count;
	uint32_t	takeovers;	/* as its counter had, after a turn */
	bool		was_active;	/* at any time in this turn */
	bool		maintained;	/* an operator took it out */
	uint8_t		set_priority;	/* by an operator; 0: none */
	struct ip	marks[SIM_MARKS]; /* who spoke last, the latest first */
	uint64_t	heard[SIM_MARKS]; /* the serial taken last of each */
	uint64_t	number;	/* of AH: the largest heard or sent */
	uint64_t	heard_number;
	uint64_t	sent_number;
};

/* What an operator has asked of a router, until its next turn. */
enum order { ORDER_NONE, ORDER_MAINTENANCE, ORDER_PRIORITY, ORDER_RESET };

#define KERNEL_ADDRESSES 32	/* of one interface */
#define KERNEL_GROUPS	4
#define KERNEL_ROUTES	32
#define KERNEL_RULES	16
#define KERNEL_PART	6	/* routes or rules in a datagram */
#define KERNEL_QUEUE	24	/* datagrams that wait to be read */
#define KERNEL_DATAGRAM	2048
#define KERNEL_PROCESSES 16

struct kernel_address {
	struct ip	ip;
	uint8_t		prefix, protocol;
	uint8_t		hole;		/* 0: leaps compare each byte */
	uint32_t	flags;		/* IFA_F_* */
};

/* A route; a family of 0 is what it does not have. */
struct kernel_route {
	struct ip	to, via, from;	/* RTA_DST, _GATEWAY, _PREFSRC */
	uint8_t		prefix, type, scope, protocol;
	uint8_t		hole;		/* 0, as above */
	uint32_t	table, metric, ifindex;
};

struct kernel_rule {
	struct ip	from;
	uint8_t		prefix, action, protocol;
	uint32_t	table, preference;
};

struct kernel_interface {
	uint32_t	ifindex;	/* 0: it does not exist */
	bool		up, carrier;
	char		name[16];
	uint8_t		mac[6];
	uint8_t		address_count, group_count;
	uint8_t		kind;		/* enum link_kind; 0: an Ethernet */
	bool		marked;		/* by its alias: a daemon made it */
	uint32_t	lower, mode, group; /* of a macvlan */
	struct kernel_address addresses[KERNEL_ADDRESSES];
	struct ip	groups[KERNEL_GROUPS];
};

struct kernel_process {
	uint32_t	token;		/* 0: none */
	int32_t		owner;		/* 0: a check */
	int32_t		status;		/* with which it will end */
	uint32_t	stubborn;	/* 1: TERM does not end it */
};

#define FIREWALL_MEMBERS (SIM_VRS * (SIM_VIPS + 1))

struct firewall_member {
	uint8_t		set, key[32];
};

/* The table that it was asked for; only bytes, so leaps compare all. */
struct kernel_firewall {
	char		name[8];	/* "": there is none */
	bool		owned;		/* goes with the socket */
	uint8_t		set_count, chain_count, member_count;
	struct {
		char		name[8];
		uint8_t		length;	/* of its keys */
	} sets[4];
	struct {
		char		name[8];
		uint8_t		hook, drops; /* bit per set: what is in it */
	} chains[2];
	struct firewall_member members[FIREWALL_MEMBERS];
};

/* One router's kernel: it outlives the daemon. */
struct kernel {
	struct kernel_interface interfaces[SIM_LINKS];
	uint32_t	next_ifindex, changes;
	bool		promote_secondaries, tells_protocol;
	bool		open;		/* the daemon's socket is */
	bool		overrun;	/* to be told by the next read */
	bool		congested;	/* drops until the queue is empty */
	struct kernel_firewall firewall;
	bool		owns_tables;	/* as Linux 5.12 does */
	bool		table_taken;	/* by another process */
	bool		mute;		/* loses the answers to a batch */
	bool		unanswered;	/* it did, to the last */
	uint8_t		batch_error;	/* errno of the last; 0: it was done */
	uint8_t		answer_count, answers[4];
	int		refuses;	/* errno for every request; 0: none */
	int		send_error;	/* errno for every packet; 0: none */
	uint16_t	dump_type;	/* a dump is under way; 0: none */
	uint32_t	dump_seq, dump_at, dump_changes;
	uint32_t	route_count, rule_count;
	struct kernel_route routes[KERNEL_ROUTES];
	struct kernel_rule rules[KERNEL_RULES];
	uint32_t	first, count;	/* of queue */
	uint16_t	lengths[KERNEL_QUEUE];
	_Alignas(4) uint8_t queue[KERNEL_QUEUE][KERNEL_DATAGRAM];
	struct kernel_process processes[KERNEL_PROCESSES];
	bool		fails[SIM_SCRIPTS];	/* its check does */
	bool		hangs[SIM_SCRIPTS];
	bool		no_fork;
};

struct router {
	struct made	*made;		/* running configuration */
	struct made	*spare;
	struct daemon	*d;		/* NULL: not running */
	struct world	*w;
	struct kernel	kernel;
	struct effects	out;
	struct plan	plan;		/* the one to return to */
	usec_t		offset;		/* of its clock, at the beginning */
	usec_t		local;		/* its time, of this turn */
	usec_t		next;		/* its next turn */
	usec_t		paused_until;
	usec_t		disturbed_at;	/* last fault that it suffered */
	usec_t		second_at;	/* turns without input since */
	int64_t		rate_ppm;
	uint32_t	idle_turns;
	uint16_t	index;
	bool		stop_asked, reload_asked;
	bool		silent_reload;	/* unchanged: nothing follows */
	bool		stopping;	/* EFFECT_STOPPED came */
	bool		compare;	/* with its kernel, if quiet */
	bool		apart[SIM_GROUPS]; /* its members are, by a reload */
	bool		reloaded;	/* in this turn */
	bool		left;	/* a crash left what may be unknown now */
	bool		unmarked; /* or what this kernel cannot tell is ours */
	bool		unfiltered;	/* no firewall: refused, or flushed */
	bool		table_left;	/* of an earlier run, which it keeps */
	uint8_t		unseen;	/* bit per VR: its link, as the base was away */
	usec_t		tables_wrong;	/* since then; NEVER */
	bool		file_changed, count_changed;
	int32_t		file_value, count;	/* of tracked processes */
	usec_t		counted_at;	/* the daemon knows count, local */
	usec_t		checks_since[SIM_SCRIPTS]; /* they find the same */
	usec_t		neighbour_at;	/* its last packet came, local */
	usec_t		neighbour_us;	/* how long it may be silent then */
	uint8_t		neighbour_state; /* enum bfd_state, by that packet */
	bool		neighbour_fell;	/* one of this turn said Down */
	uint8_t		session;	/* enum check_status, after a turn */
	uint8_t		order;		/* enum order */
	uint8_t		order_vr, order_priority;
	uint8_t		group_told[SIM_GROUPS];
	struct watch	watches[SIM_VRS];
	uint16_t	inbox_count;
	uint32_t	inbox[SIM_INBOX];
	struct records	records;
	_Alignas(16) uint8_t queue[SIM_QUEUE];
};

/* How hostile a run is: chances per packet in 1/65536, faults by weight. */
struct swarm {
	uint32_t	loss, duplicate, corrupt, delay, loop;
	usec_t		delay_us;	/* the longest */
	usec_t		pause_us;	/* between two faults, on average */
	uint32_t	weights[32];	/* of enum mishap */
};

/* One virtual router as the cluster sees it. */
struct judged {
	uint32_t	actives;	/* routers that are Active */
	usec_t		none_since, dual_since;	/* NEVER: it is not so */
	uint8_t		client[SIM_VIPS][6];	/* the neighbour's cache */
};

/*
 * What was exercised, counted in all runs: what went wrong beside the mishaps,
 * the drills, and how often each invariant was asked for.  A long run in which
 * one of these never came is none.
 */
#define TALLIES(X) \
	X(lost, "lost") X(delayed, "delayed") X(doubled, "doubled") \
	X(corrupted, "corrupted") X(parted, "parted") X(looped, "looped") \
	X(unread, "inbox full") X(overrun, "overruns") \
	X(interrupted, "dumps interrupted") X(refused, "requests refused") \
	X(exists, "EEXIST") X(absent, "EADDRNOTAVAIL") X(nodev, "ENODEV") \
	X(silent, "routes dropped in silence") \
	X(unroutable, "routes refused") X(unsent, "sends refused") \
	X(unforked, "unforked") X(hung, "hung") \
	X(batches, "batches of nf_tables") \
	X(batches_refused, "refused or of another Linux") \
	X(flushed, "tables flushed") X(taken, "taken") \
	X(killed, "killed") X(late, "late wakes") \
	X(drill_stop, "drills: stop") X(drill_crash, "crash") \
	X(drill_cable, "cable") X(drill_row8, "row 8") \
	X(drill_row47, "row 47") X(drill_sleep, "sleep") \
	X(drill_reload, "reload") X(drill_claim, "claim") \
	X(drill_loop, "loop") X(drill_maint, "maint") \
	X(drill_bfd, "BFD") X(drill_link, "link") \
	X(I1, "invariants: I1") X(I2, "I2") X(I3, "I3") X(I4, "I4") \
	X(I5, "I5") X(I5_heir, "I5 heir") X(I5_steady, "I5 steady") \
	X(I6, "I6") X(I6_unread, "I6 unread") X(I7, "I7") X(I8, "I8") \
	X(I9, "I9") X(I9_picture, "I9 picture") X(I9_route, "I9 route") \
	X(I9_rule, "I9 rule") X(I9_static, "I9 static") \
	X(I9_remainder, "I9 remainder") \
	X(I9_tables, "I9 tables") X(I10, "I10") \
	X(I10_client, "I10 client") X(I11, "I11") X(I11_true, "I11 true") \
	X(I12, "I12") X(I13, "I13") X(I14, "I14") X(I15, "I15") \
	X(I15_version, "I15 version") X(I15_password, "I15 password") \
	X(I15_interval, "I15 interval") X(I15_own, "I15 own") \
	X(I15_unsigned, "I15 unsigned") X(I15_replay, "I15 replay") \
	X(I15_header, "I15 AH") X(I15_number, "I15 AH replay") \
	X(I15_spoilt, "I15 AH spoilt") X(AH, "AH numbers") \
	X(I18, "I18") X(I18_link, "I18 link") X(I18_gone, "I18 gone") \
	X(I18_mac, "I18 MAC") \
	X(I19, "I19") X(I19_none, "I19 no table") X(I19_stale, "I19 stale") \
	X(I19_active, "I19 Active") X(I19_end, "I19 end") \
	X(I16, "I16") X(I16_fault, "I16 fault") X(I16_weight, "I16 weight") \
	X(I16_script, "I16 script") X(I16_check, "I16 check") \
	X(I16_file, "I16 file") X(I16_process, "I16 process") \
	X(I16_bfd, "I16 BFD") X(I17, "I17") X(I17_failed, "I17 failed") \
	X(backup, "Backup hears") X(backup_zero, "Backup hears 0") \
	X(backup_weaker, "Backup hears weaker") \
	X(active_better, "Active yields") \
	X(active_weaker, "Active answers") X(preempt_delay, "preempt_delay") \
	X(announced, "announced") X(T5, "T5") X(C143, "C-143") \
	X(C131, "C-131") X(C145, "C-145") X(covered, "D-20 covered") \
	X(lingers, "D-20 lingers") X(leaves, "leaves nothing") \
	X(maint, "maint") X(prio, "prio")
#define TALLY(name, text) TALLY_##name,
enum tally { TALLIES(TALLY) TALLY_KINDS };
#undef TALLY

/* What was done in one regime. */
struct totals {
	double		hours, spent;		/* router-hours, seconds */
	double		paced[PACES];		/* router-hours, by interval */
	double		leapt;			/* of the hours */
	uint64_t	seeds, leaps, mishaps, sent, heard, steps;
};
#define PACE_LIMITS { 100000, 1000000, 10000000, NEVER }

/* What changes all the time, and decides what comes. */
struct stream {
	uint64_t	chance;
	uint64_t	hash, hashed;	/* of all that happened; the last */
	uint64_t	order;		/* of happenings */
	usec_t		sent_at;	/* the last advertisement */
	usec_t		alarm_at;	/* a limit of the cluster runs out */
	usec_t		partition_until;
	usec_t		rough_until;	/* the LAN loses, delays, doubles */
};

struct sim {
	uint64_t	seed;
	struct stream	stream;
	struct leap	*state;
	struct leap	*leap;		/* NULL: step by step */
	bool		only_even;	/* seeds */
	int		compared;	/* picture of the end; -1: none */
	struct router	*routers;
	uint32_t	router_count, vr_count, group_count, routers_asked;
	struct cluster_vr vrs[SIM_VRS];
	bool		calm;		/* the regime: faults are rare */
	bool		even;		/* clocks are alike, the LAN is good */
	bool		unicast;
	bool		assorted;	/* intervals differ by far */
	bool		bfd;		/* the first two have a session */
	struct swarm	swarm;
	struct judged	judged[SIM_VRS];
	uint8_t		*blocked;	/* from * router_count + to */
	usec_t		now;
	bool		noisy;		/* the LAN is not kind */
	bool		steady;		/* no state may change */
	bool		looping;	/* what a router sends comes back */
	uint32_t	awaited;	/* VR: a run ends when it is led */
	usec_t		calm_since;	/* all are healthy; NEVER: not so */
	uint32_t	covered;	/* VRs with their address somewhere */
	uint16_t	expected;	/* who alone may take over, or NONE */
	usec_t		longest_us, shortest_us; /* intervals on the LAN */
	usec_t		refresh_us, script_us, bfd_us; /* longest of any */
	struct happening *heap;
	uint32_t	heap_count, heap_room;
	struct sim_frame	*frames;
	uint32_t	*free_frames;
	uint32_t	frame_room, free_count;
	struct records	records;	/* of the LAN */
	bool		verbose;
	struct totals	*total;		/* of the regime under way */
	char		replay[96];	/* the line that shows it again */
	/* what was done in all runs */
	struct totals	totals[3];	/* of each regime */
	uint64_t	mishaps[32], takeovers, duals, all_hash;
	uint64_t	tallies[TALLY_KINDS], reloads[RELOADS];
	usec_t		longest_none, longest_dual;
};

/* The run under way; what stands for system calls has no other way to it. */
static struct sim *sim_running;
static struct router *sim_router;

/* Counts that something was exercised. */
static inline void
tally(struct sim *s, enum tally kind)
{
	s->tallies[kind]++;
}

/* -- chance -- */

/* The next number of the run (splitmix64). */
static uint64_t
chance_next(struct sim *s)
{
	uint64_t z = s->stream.chance += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

/* A number from low to high, both included. */
static int64_t
chance_range(struct sim *s, int64_t low, int64_t high)
{
	return low + (int64_t)(chance_next(s) % (uint64_t)(high - low + 1));
}

/* True once in `n` times. */
static bool
chance_one_in(struct sim *s, uint32_t n)
{
	return chance_next(s) % n == 0;
}

/* A span from low to high; short ones are as frequent as long ones. */
static usec_t
chance_span(struct sim *s, usec_t low, usec_t high)
{
	usec_t most = usec_max(low, 1);
	int doublings = 0;

	while (most << doublings < high)
		doublings++;
	most <<= chance_range(s, 0, doublings);
	return chance_range(s, usec_min(low, high), usec_min(most, high));
}

/* -- time -- */

/* What a router's clock shows at a moment of the run. */
static usec_t
router_clock(const struct router *r, usec_t at)
{
	return r->offset + at + at * r->rate_ppm / 1000000;
}

/* The first moment of the run at which a router's clock shows `local`. */
static usec_t
router_moment(const struct router *r, usec_t local)
{
	usec_t at;

	if (local == NEVER)
		return NEVER;
	at = local - r->offset;
	if (r->rate_ppm == 0 || at <= 0)
		return usec_max(at, 0);
	at = at * 1000000 / (1000000 + r->rate_ppm) - 1;
	while (router_clock(r, at) < local)
		at++;
	return usec_max(at, 0);
}

/* -- what is to happen -- */

/* Whether one happening comes before another. */
static bool
happens_before(const struct happening *a, const struct happening *b)
{
	return a->at != b->at ? a->at < b->at :
	    a->order < b->order;
}

/* Has something happen. */
static void
happen(struct sim *s, usec_t at, enum happening_kind kind, uint16_t router,
    uint8_t segment, uint32_t what)
{
	struct happening one = { .at = at, .order = s->stream.order++,
	    .router = router, .kind = (uint8_t)kind, .segment = segment,
	    .what = what };
	uint32_t slot = s->heap_count++;

	if (slot == s->heap_room) {
		s->heap_room = 2 * s->heap_room + 64;
		s->heap = realloc(s->heap, s->heap_room * sizeof(*s->heap));
		if (s->heap == NULL)
			abort();
	}
	while (slot > 0 && happens_before(&one, &s->heap[(slot - 1) / 2])) {
		s->heap[slot] = s->heap[(slot - 1) / 2];
		slot = (slot - 1) / 2;
	}
	s->heap[slot] = one;
}

/* Takes the earliest happening out of the queue. */
static struct happening
happening_take(struct sim *s)
{
	struct happening first = s->heap[0];
	struct happening last = s->heap[--s->heap_count];
	uint32_t slot = 0;

	for (;;) {
		uint32_t child = 2 * slot + 1;

		if (child + 1 < s->heap_count &&
		    happens_before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (child >= s->heap_count ||
		    happens_before(&last, &s->heap[child]))
			break;
		s->heap[slot] = s->heap[child];
		slot = child;
	}
	s->heap[slot] = last;
	return first;
}

/* -- frames -- */

/* A frame that nobody uses yet; its index in s->frames. */
static uint32_t
frame_take(struct sim *s)
{
	if (s->free_count == 0) {
		uint32_t room = 2 * s->frame_room + 64;

		s->frames = realloc(s->frames, room * sizeof(*s->frames));
		s->free_frames = realloc(s->free_frames,
		    room * sizeof(*s->free_frames));
		if (s->frames == NULL || s->free_frames == NULL)
			abort();
		while (s->frame_room < room)
			s->free_frames[s->free_count++] = s->frame_room++;
	}
	return s->free_frames[--s->free_count];
}

/* One user of a frame less; the last one gives it back. */
static void
frame_drop(struct sim *s, uint32_t index)
{
	if (--s->frames[index].users == 0)
		s->free_frames[s->free_count++] = index;
}

/* -- records -- */

static const char *const machine_names[MACHINE_STATES] = {
	"none", "Initialize", "Backup", "Active",
};

/* The next line of a record, zeroed but for its text. */
static struct sim_record *
record_next(struct sim *s, struct records *records, enum record_kind kind)
{
	struct sim_record *line =
	    &records->lines[records->count++ % SIM_RECORDS];

	line->at = s->now;
	line->kind = (uint8_t)kind;
	return line;
}

/* Prints one line of a record. */
static void
record_print(const struct sim_record *line)
{
	printf("  %14.6f  ", (double)line->at / 1e6);
	if (line->kind == RECORD_TEXT)
		printf("%s\n", line->text);
	else if (line->kind == RECORD_SENT)
		printf("router %u: VR %u advertises priority %u (%s)\n",
		    line->router, line->vr, line->priority,
		    machine_names[line->state]);
	else
		printf("hears router %d: VR %u priority %u -> %s\n",
		    (int)line->value, line->vr, line->priority,
		    machine_names[line->state]);
}

/* Prints what is left of a record, oldest first. */
static void
records_print(const struct records *records, const char *whose, unsigned n)
{
	unsigned from = records->count < SIM_RECORDS ? 0 :
	    records->count - SIM_RECORDS;

	printf("-- %s %u\n", whose, n);
	for (unsigned i = from; i < records->count; i++)
		record_print(&records->lines[i % SIM_RECORDS]);
}

/* Notes a line about a router, or the LAN (NULL). */
static void __attribute__((format(printf, 3, 4)))
note(struct sim *s, struct router *r, const char *format, ...)
{
	struct sim_record *line = record_next(s, r == NULL ? &s->records :
	    &r->records, RECORD_TEXT);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line->text, sizeof(line->text), format, arguments);
	va_end(arguments);
	if (s->verbose) {
		printf("%u:", r == NULL ? 999U : r->index);
		record_print(line);
	}
}

/* An invariant broke: says which, what came before, and how to see it again. */
static void __attribute__((format(printf, 3, 4), noreturn))
broken(struct sim *s, struct router *r, const char *format, ...)
{
	va_list arguments;

	for (uint32_t i = 0; i < s->router_count && i < 8; i++) {
		if (r != &s->routers[i])
			records_print(&s->routers[i].records, "router", i);
	}
	records_print(&s->records, "LAN: VRs", s->vr_count);
	if (r != NULL)
		records_print(&r->records, "router", r->index);
	printf("\nsim: seed %llu, at %.6f s", (unsigned long long)s->seed,
	    (double)s->now / 1e6);
	if (r != NULL)
		printf(", router %u", r->index);
	printf(": ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n%s", s->replay);
	exit(1);
}

/*
 * Mixes a number into the hash of all that happened (I12): a sum over all and
 * what was before each, so that what repeats adds the same again.
 */
static void
hash_add(struct sim *s, uint64_t number)
{
	uint64_t z = (s->stream.hashed ^ number) * 0xbf58476d1ce4e5b9U;

	z = (z ^ z >> 29) * 0x94d049bb133111ebU;
	s->stream.hash += z ^ z >> 32;
	s->stream.hashed = number * 0x9e3779b97f4a7c15U;
}

/* The address of a router on a segment. */
static struct ip
router_address(uint8_t family, uint8_t segment, uint32_t router)
{
	struct ip ip = { .family = family };

	if (family == 4) {
		ip.bytes[0] = 10;
		ip.bytes[2] = segment;
		ip.bytes[3] = (uint8_t)(router + 1);
	} else {
		ip.bytes[0] = 0xfe;
		ip.bytes[1] = 0x80;
		ip.bytes[13] = segment;
		ip.bytes[15] = (uint8_t)(router + 1);
	}
	return ip;
}

/* The n-th virtual address of a virtual router; IPv6: the first link-local. */
static struct ip
virtual_address(const struct sim *s, uint32_t vr, uint32_t n)
{
	struct ip ip = router_address(s->vrs[vr].family, s->vrs[vr].segment,
	    0);

	if (ip.family == 4) {
		ip.bytes[3] = (uint8_t)(SIM_ROUTERS + 1 + SIM_VIPS * vr + n);
		return ip;
	}
	if (n > 0) {
		ip.bytes[0] = 0x20;
		ip.bytes[1] = 1;
	}
	ip.bytes[12] = 0xee;
	ip.bytes[15] = (uint8_t)(SIM_VIPS * vr + n);
	return ip;
}

/* The advertisement in a packet of VRRP, behind its other headers. */
static const uint8_t *
packet_message(uint8_t family, const uint8_t *bytes)
{
	if (family == 6)
		return bytes;
	return bytes + IP4_HEADER + (bytes[9] == IPPROTO_AH_ ? AH_HEADER : 0);
}

/* The number in the authentication header of a packet that has one. */
static uint64_t
packet_number(const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes + IP4_HEADER + 8, 4);

	return cursor_u32(&c);
}

/* The MAC of a virtual router (RFC 9568 7.3). */
static void
virtual_mac(const struct sim *s, uint32_t vr, uint8_t mac[6])
{
	static const uint8_t first[4] = { 0, 0, 0x5e, 0 };

	memcpy(mac, first, sizeof(first));
	mac[4] = s->vrs[vr].family == 6 ? 2 : 1;
	mac[5] = s->vrs[vr].vrid;
}

/* Whether an address is one that virtual_address makes. */
static bool
is_virtual(const struct ip *ip)
{
	return ip->family == 4 ? ip->bytes[3] > SIM_ROUTERS :
	    ip->bytes[12] == 0xee;
}
