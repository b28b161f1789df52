/* SPDX-License-Identifier: ISC */
/*
 * The invariants I1 to I18, each checked where it can break: when an effect is
 * carried out, when an event has been taken, when a turn ends, and when calm
 * has lasted long enough.  What the protocol demands is worked out here anew,
 * from the bytes on the LAN and the RFC's formulas.
 *
 * I12 (one seed, one run) is main's, by running seeds twice.  I13 (no memory
 * after start) holds by construction: the arenas here have no more to give,
 * and what fails to get some breaks the run.
 */

/* -- the cluster's states -- */

/* A limit of the cluster runs out at this moment: it is looked at then. */
static void
alarm_set(struct sim *s, usec_t at)
{
	s->stream.alarm_at = usec_min(s->stream.alarm_at, at);
}

/* For how long nobody may be Active while all are healthy (I3). */
static usec_t
none_limit(const struct sim *s)
{
	usec_t down = 3 * s->longest_us + usec_max(s->longest_us, SECOND_US);

	/* In a sync group the last one's timer may have been begun anew. */
	return (s->group_count > 0 ? 2 : 1) * (down + down / 500) + DELAY_US;
}

/* For how long two may be (I2); the clocks differ by a thousandth. */
static usec_t
dual_limit(const struct sim *s)
{
	usec_t interval = s->longest_us;

	/*
	 * An owner that begins has no number of AH that others would take,
	 * until it has heard one of theirs.
	 */
	for (uint32_t v = 0; v < s->vr_count; v++) {
		if (s->vrs[v].header && s->vrs[v].has_owner)
			interval = 2 * s->longest_us;
	}
	return interval + interval / 500 + 2 * DELAY_US;
}

/* Begins and ends the spans in which nobody, or more than one, is Active. */
static void
judged_update(struct sim *s, uint32_t vr)
{
	struct judged *j = &s->judged[vr];

	if (j->actives > 0 && j->none_since != NEVER) {
		if (j->none_since >= s->calm_since)
			s->longest_none = usec_max(s->longest_none,
			    s->now - j->none_since);
		j->none_since = NEVER;
	} else if (j->actives == 0 && j->none_since == NEVER) {
		j->none_since = s->now;
		alarm_set(s, s->now);
	}
	if (j->actives < 2 && j->dual_since != NEVER) {
		if (j->dual_since >= s->calm_since)
			s->longest_dual = usec_max(s->longest_dual,
			    s->now - j->dual_since);
		j->dual_since = NEVER;
	} else if (j->actives > 1 && j->dual_since == NEVER) {
		j->dual_since = s->now;
		s->duals++;
		alarm_set(s, s->now);
	}
}

/* Looks at the limits of the cluster, and when to look again. */
static void
alarm_rings(struct sim *s)
{
	s->stream.alarm_at = NEVER;
	for (uint32_t v = 0; v < s->vr_count && s->calm_since != NEVER; v++) {
		const struct judged *j = &s->judged[v];

		tally(s, j->none_since != NEVER ? TALLY_I3 : TALLY_I2);
		if (j->none_since != NEVER) {
			usec_t end = usec_max(j->none_since, s->calm_since) +
			    none_limit(s);

			if (s->now > end)
				broken(s, NULL, "I3: VR %u has no Active for "
				    "too long", v);
			alarm_set(s, end + 1);
		}
		if (j->dual_since != NEVER) {
			usec_t end = usec_max(j->dual_since, s->calm_since) +
			    dual_limit(s);

			if (s->now > end)
				broken(s, NULL, "I2: VR %u has %u Actives for "
				    "too long", v, j->actives);
			alarm_set(s, end + 1);
		}
	}
}

/* A virtual router of a router is in another state than it was. */
static void
watch_state(struct sim *s, struct router *r, uint32_t planned, uint8_t state)
{
	struct watch *watch = &r->watches[planned];

	if (watch->state == state)
		return;
	s->tallies[TALLY_I5_heir] += state == MACHINE_ACTIVE &&
	    s->expected != NONE;
	if (s->steady)
		broken(s, r, "I5: VR %u went from %s to %s when all was well",
		    planned, machine_names[watch->state],
		    machine_names[state]);
	if (state == MACHINE_ACTIVE && s->expected != NONE &&
	    s->expected != r->index)
		broken(s, r, "I5: VR %u took over before router %u, which is "
		    "better", planned, s->expected);
	if (state == MACHINE_ACTIVE) {
		s->judged[planned].actives++;
		s->takeovers++;
		watch->active_at = r->local;
		tally(s, TALLY_I19_active);
		firewall_check(s, r, &r->made->plan);
	} else if (watch->state == MACHINE_ACTIVE) {
		s->judged[planned].actives--;
		watch->announced = 0;
	}
	note(s, r, "VR %u: %s -> %s", planned, machine_names[watch->state],
	    machine_names[state]);
	watch->state = state;
	judged_update(s, planned);
}

/* -- effects -- */

/* Which virtual router of the cluster is the n-th of a configuration. */
static uint32_t
planned_of(const struct router *r, uint32_t n)
{
	return r->made->planned[n];
}

/* Every effect: a reload that changes nothing has none that matters (I14). */
static void
watch_effect(struct sim *s, struct router *r, const struct effect *effect)
{
	s->tallies[TALLY_I14] += r->silent_reload;
	if (r->silent_reload && effect->kind != EFFECT_DUMP &&
	    effect->kind != EFFECT_JOIN && effect->kind != EFFECT_LOG)
		broken(s, r, "I14: effect %u of a reload that changes nothing",
		    effect->kind);
}

/* A whole frame leaves: from the virtual MAC, where there is one (I18). */
static void
watch_sender(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	uint32_t planned = planned_of(r, effect->index);
	uint8_t mac[6];

	virtual_mac(s, planned, mac);
	tally(s, TALLY_I18_mac);
	if (!r->made->plan.vrs[planned].vmac ||
	    memcmp(bytes + 6, mac, sizeof(mac)) != 0)
		broken(s, r, "I18: VR %u advertises from another MAC",
		    planned);
}

/*
 * The number in an authentication header that leaves is a new one, or that of
 * another copy of the same advertisement (I15).
 */
static void
watch_number(struct sim *s, struct router *r, const struct vr *vr,
    const uint8_t *bytes)
{
	uint32_t planned = planned_of(r, (uint32_t)(vr - r->d->vrs));
	struct watch *watch = &r->watches[planned];
	uint64_t number;

	if (vr->conf->auth_type != AUTH_AH)
		return;
	number = packet_number(bytes);
	tally(s, TALLY_AH);
	if (bytes[9] != IPPROTO_AH_ || (number <= watch->number &&
	    !(vr->conf->unicast && number == watch->sent_number)))
		broken(s, r, "I15: VR %u sends number %llu after %llu",
		    planned, (unsigned long long)number,
		    (unsigned long long)watch->number);
	watch->number = watch->sent_number = number;
}

/*
 * An advertisement leaves: only an Active sends any (I6), with its priority or
 * 0 when it leaves, and who has left, 0 once more if the kernel refused it; who
 * bowed, one when the winner has announced nothing; and not more than answers
 * and its own rhythm make (T5).
 */
static void
watch_send(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	struct vr *vr = &r->d->vrs[effect->index];
	uint32_t planned = planned_of(r, effect->index);
	struct watch *watch = &r->watches[planned];
	const uint8_t *message = packet_message(vr->conf->family, bytes);
	struct sim_record *line = record_next(s, &s->records, RECORD_SENT);

	line->router = r->index;
	line->vr = (uint8_t)planned;
	line->priority = message[2];
	line->state = vr->machine.state;
	if (s->verbose)
		record_print(line);
	hash_add(s, (uint64_t)(s->now - s->stream.sent_at) ^
	    (uint64_t)message[2] << 56);
	s->stream.sent_at = s->now;
	s->total->sent++;
	tally(s, TALLY_I6);
	watch->sent_at = r->local;
	watch_number(s, r, vr, bytes);
	if (!watch->was_active && watch->state != MACHINE_ACTIVE &&
	    vr->machine.state != MACHINE_ACTIVE && (message[2] != 0 ||
	    vr->linger_until == NEVER || vr->unsent_at != r->local) &&
	    (vr->cause != CAUSE_BETTER ||
	    r->local - vr->changed_at > SECOND_US) &&
	    *counter_of(r->d, vr, COUNT_became_master) == watch->takeovers)
		broken(s, r, "I6: VR %u advertises in %s", planned,
		    machine_names[vr->machine.state]);
	if (vr->conf->unicast && !ip_equal(&effect->destination,
	    &vr->conf->peers[0].ip))
		return;
	if (r->local - watch->second_at >= SECOND_US) {
		watch->second_at = r->local;
		watch->second_count = 0;
	}
	tally(s, TALLY_T5);
	if (++watch->second_count > 30 + SECOND_US / vr->conf->interval_us *
	    102 / 100)
		broken(s, r, "T5: VR %u advertises %u times in a second",
		    planned, watch->second_count);
}

/*
 * An announcement leaves: only of an address that is to be here, and not of one
 * that only lingers (D-20).
 */
static void
watch_announcement(struct sim *s, struct router *r,
    const struct effect *effect, const uint8_t *bytes)
{
	bool arp = effect->length == GARP_FRAME;
	struct ip ip = ip_from(arp ? 4 : 6, bytes + (arp ? 28 : 62));

	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		const struct vr *vr = &r->d->vrs[n];
		uint32_t planned = planned_of(r, n);

		for (uint32_t k = 0; k < vr_vip_count(vr); k++) {
			if (!ip_equal(&vr->conf->addresses[k].ip, &ip))
				continue;
			tally(s, TALLY_announced);
			/* A unicast owner's may be its source, too. */
			if (!(vr_is_owner(vr) && vr->conf->unicast) &&
			    (!vr->wanted || vr->linger_until != NEVER))
				broken(s, r, "VR %u announces an address in "
				    "%s", planned,
				    machine_names[vr->machine.state]);
			r->watches[planned].announced |= (uint8_t)(1U << k);
		}
	}
}

/* The state that a line or a script tells; 0: none that matters. */
static uint8_t
told_state(const char *word, size_t length)
{
	static const char *const words[] = { "BACKUP", "MASTER", "FAULT",
	    "STOP" };

	for (uint8_t i = 0; i < COUNT_OF(words); i++) {
		if (length == strlen(words[i]) &&
		    memcmp(word, words[i], length) == 0)
			return (uint8_t)(i + 1);
	}
	return 0;
}

/* A line of the FIFO: states of one instance or group alternate (I11). */
static void
watch_line(struct sim *s, struct router *r, const char *line, size_t length)
{
	const char *end = line + length, *quote = memchr(line, '"', length);
	bool group = line[0] == 'G';
	uint8_t *told, state;
	const char *word;

	if (quote == NULL || end - quote < 8)
		broken(s, r, "line of the FIFO: %.*s", (int)length, line);
	word = (const char *)memchr(quote + 1, '"', (size_t)(end - quote - 1)) +
	    2;
	length = (size_t)(end - word);
	for (length = 0; word + length < end && word[length] != ' ';)
		length++;
	state = told_state(word, length);
	told = group ? &r->group_told[quote[2] - '0'] :
	    &r->watches[quote[4] - '0'].told;
	if (state == 0)
		return;
	tally(s, TALLY_I11);
	if (*told == state)
		broken(s, r, "I11: %.*s is told twice", (int)(end - line),
		    line);
	*told = state;
}

/* A notify script starts: the last one must tell the true state (I11). */
static void
watch_notify(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	const char *name = (const char *)bytes, *word;

	(void)s;
	if (effect->value == 0 || effect->length == 0 || name[0] != 'I')
		return;
	name += strlen(name) + 1;
	word = name + strlen(name) + 1;
	if (told_state(word, strlen(word)) != 0)
		r->watches[(uint8_t)(name[3] - '0')].told_script =
		    told_state(word, strlen(word));
}

/* A request to the kernel: what is configured is no remainder. */
static void
watch_request(struct sim *s, struct router *r, const struct effect *effect,
    const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes, effect->length);
	struct nl_message message;
	struct nl_address news;
	struct ip ip = static_ip(r);

	if (effect->index != REMAINDER_NUMBER || !nl_next(&c, &message) ||
	    !nl_address_parse(&message, &news))
		return;
	tally(s, TALLY_I9_remainder);
	if (r->made->plan.statics && ip_equal(&news.ip, &ip))
		broken(s, r, "I9: a static address goes as a remainder");
}

/* A line of the log: no defect is ever reported. */
static void
watch_log(struct sim *s, struct router *r, int32_t level, const char *line,
    size_t length)
{
	note(s, r, "log: %.*s", (int)length, line);
	if (level <= LOG_LEVEL_ERROR && length > 7 &&
	    strstr(r->records.lines[(r->records.count - 1) % SIM_RECORDS].text,
	    "defect") != NULL)
		broken(s, r, "%.*s", (int)length, line);
}

/* -- events -- */

/*
 * After every event: addresses are wanted if and only if Active or lingering
 * (I1), and the machine's timer runs if and only if it takes part, which it
 * does if and only if nothing is wrong.
 */
static void
watch_event(struct sim *s, struct router *r)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		const struct vr *vr = &r->d->vrs[n];
		bool active = vr->machine.state == MACHINE_ACTIVE;
		bool idle = vr->machine.state == MACHINE_INITIALIZE;

		tally(s, TALLY_I1);
		r->watches[planned_of(r, n)].was_active |= active;
		if (idle || active)
			r->watches[planned_of(r, n)].preempt_at = NEVER;
		if (vr->wanted != (active || vr->linger_until != NEVER))
			broken(s, r, "I1: VR %u is %s, and its addresses are "
			    "%swanted", planned_of(r, n),
			    machine_names[vr->machine.state],
			    vr->wanted ? "" : "not ");
		if (idle != (vr->machine.timer == NEVER))
			broken(s, r, "VR %u is %s, and its timer is %s",
			    planned_of(r, n),
			    machine_names[vr->machine.state],
			    idle ? "on" : "off");
		if (idle != (vr->faults != 0))
			broken(s, r, "VR %u is %s with faults %#x",
			    planned_of(r, n),
			    machine_names[vr->machine.state], vr->faults);
		if (active && vr->linger_until != NEVER)
			broken(s, r, "VR %u lingers while Active",
			    planned_of(r, n));
	}
}

/*
 * After a look at the clock: a Backup whose packets were not all read has not
 * taken over by its timer (I6), what is due was done.
 */
static void
watch_time(struct sim *s, struct router *r, bool drained)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count && !drained; n++) {
		const struct watch *watch = &r->watches[planned_of(r, n)];

		tally(s, TALLY_I6_unread);
		if (r->d->vrs[n].machine.state == MACHINE_ACTIVE &&
		    watch->state == MACHINE_BACKUP && !watch->was_active)
			broken(s, r, "I6: VR %u took over with packets unread",
			    planned_of(r, n));
	}
	watch_event(s, r);
}

/* What an advertisement did, against what the RFCs say. */
struct reading {
	const struct vr	*vr;
	struct machine	before;
	uint32_t	received;
	uint8_t		priority;
	int		order;		/* sender's address against ours */
	usec_t		heard_us;	/* its interval */
	bool		preempts;	/* now, if it is better */
	bool		answers;	/* it may still answer weaker ones */
};

/* Active_Down_Interval, or Skew_Time for no advertisement (RFC 9568 6.1). */
static usec_t
reading_down(const struct reading *reading, int adverts, usec_t interval)
{
	usec_t scale = reading->before.version == 2 ? SECOND_US : interval;

	if (reading->before.version == 2)
		interval = reading->before.interval_us;
	return adverts * interval + (256 - reading->before.priority) * scale /
	    256;
}

/* What the RFC says that a Backup does (RFC 9568 6.4.2); NULL: it did. */
static const char *
reading_backup(struct sim *s, const struct reading *reading, usec_t now)
{
	const struct machine *m = &reading->vr->machine;

	tally(s, reading->priority == PRIORITY_ZERO ? TALLY_backup_zero :
	    reading->priority < reading->before.priority ?
	    TALLY_backup_weaker : TALLY_backup);
	if (m->state != MACHINE_BACKUP)
		return "a Backup does not stay one";
	if (reading->priority == PRIORITY_ZERO)
		return m->timer == now + reading_down(reading, 0,
		    reading->before.active_interval_us) ? NULL :
		    "the timer is not Skew_Time after priority 0";
	if (reading->priority < reading->before.priority && reading->preempts)
		return m->timer == reading->before.timer ? NULL :
		    "a weaker advertisement moves the timer";
	return m->timer == now + reading_down(reading, 3, reading->heard_us) ?
	    NULL : "the timer is not Active_Down_Interval";
}

/* What the RFC says that an Active does (RFC 9568 6.4.3); NULL: it did. */
static const char *
reading_active(struct sim *s, const struct reading *reading, usec_t now)
{
	const struct machine *m = &reading->vr->machine;
	bool better = reading->priority > reading->before.priority ||
	    (reading->priority == reading->before.priority &&
	    reading->order > 0);

	tally(s, better ? TALLY_active_better : TALLY_active_weaker);
	if (better) {
		if (m->state != MACHINE_BACKUP)
			return "an Active does not yield to a better one";
		return m->timer == now + reading_down(reading, 3,
		    reading->heard_us) ? NULL :
		    "the timer is not Active_Down_Interval after yielding";
	}
	if (m->state != MACHINE_ACTIVE)
		return "an Active yields to one that is not better";
	if (reading->answers && (reading->priority == PRIORITY_ZERO ||
	    !reading->vr->conf->lower_prio_no_advert) &&
	    m->timer != now + m->interval_us)
		return "an Active does not answer";
	return NULL;
}

/* Compares what an advertisement did with what the RFC says. */
static void
reading_judge(struct sim *s, struct router *r, const struct reading *reading)
{
	const char *wrong = NULL;

	if (reading->before.state == MACHINE_INITIALIZE)
		wrong = reading->vr->machine.state == MACHINE_INITIALIZE ?
		    NULL : "it leaves Initialize";
	else if (*counter_of(r->d, reading->vr, COUNT_received) !=
	    reading->received + 1)
		wrong = "it is not accepted";
	else if (reading->before.state == MACHINE_BACKUP)
		wrong = reading_backup(s, reading, r->local);
	else
		wrong = reading_active(s, reading, r->local);
	if (wrong != NULL)
		broken(s, r, "an advertisement of priority %u, interval %lld "
		    "us, comes to %s: %s", reading->priority,
		    (long long)reading->heard_us,
		    machine_names[reading->before.state], wrong);
}

/*
 * Whether a Backup may preempt a weaker Active now.  preempt_delay runs from
 * the first weaker advertisement, and one that is not weaker cancels it.
 */
static bool
reading_preempts(struct sim *s, const struct router *r, const struct vr *vr,
    struct watch *watch, uint8_t priority)
{
	const struct conf_vr *conf = vr->conf;
	bool preempts = conf->priority == PRIORITY_OWNER || !conf->no_preempt;

	if (conf->preempt_delay_us == 0 || !preempts || priority == 0 ||
	    vr->machine.state != MACHINE_BACKUP)
		return preempts;
	if (priority >= vr->machine.priority)
		watch->preempt_at = NEVER;
	else if (watch->preempt_at == NEVER)
		watch->preempt_at = r->local + conf->preempt_delay_us;
	tally(s, TALLY_preempt_delay);
	return r->local >= watch->preempt_at;
}

/* The virtual router that a frame is for, by its bytes; NULL: none. */
static struct vr *
frame_vr(const struct sim *s, struct router *r, const struct sim_frame *frame,
    const uint8_t *message)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		const struct cluster_vr *cluster = &s->vrs[planned_of(r, n)];

		if (cluster->vrid == message[1] &&
		    cluster->segment == frame->segment &&
		    cluster->family == frame->source.family)
			return &r->d->vrs[n];
	}
	return NULL;
}

/* Whether an address is a router's own one, now or at other times. */
static bool
router_owns(const struct router *r, const struct ip *ip)
{
	return ip->bytes[ip_size(ip->family) - 1] == r->index + 1;
}

/*
 * Hands over a packet that must be refused: only counters change (I15), and who
 * was heard; users are told.
 */
static void
watch_refused(struct sim *s, struct router *r, const struct event *event)
{
	struct vr before[SIM_VRS];
	struct auth auths[SIM_VRS] = { 0 };
	uint32_t count = r->d->conf->vr_count;
	uint8_t *at = r->out.at;

	tally(s, TALLY_I15);
	memcpy(before, r->d->vrs, count * sizeof(before[0]));
	for (uint32_t n = 0; n < count; n++) {
		if (before[n].auth != NULL)
			auths[n] = *before[n].auth;
	}
	daemon_event(r->d, r->local, event);
	for (uint32_t n = 0; n < count; n++) {
		before[n].first_speaker = r->d->vrs[n].first_speaker;
		if (memcmp(&before[n], &r->d->vrs[n], sizeof(before[n])) != 0 ||
		    (before[n].auth != NULL &&
		    memcmp(before[n].auth, &auths[n], sizeof(auths[n])) != 0))
			broken(s, r, "I15: a packet that is refused changes "
			    "VR %u", planned_of(r, n));
	}
	while (at < r->out.at) {
		const uint8_t *bytes;
		uint16_t kind = effect_next(&r->out, &at, &bytes)->kind;

		if (kind != EFFECT_LOG && kind != EFFECT_FIFO)
			broken(s, r, "I15: a packet that is refused has an "
			    "effect");
	}
}

/*
 * The place of what was taken last of an address that signs; SIM_MARKS: nothing
 * that is remembered.  An address owner's addresses are two senders.
 */
static uint32_t
mark_of(const struct watch *watch, const struct ip *source)
{
	uint32_t n = 0;

	while (n < SIM_MARKS && !ip_equal(&watch->marks[n], source))
		n++;
	return n;
}

/* A signed frame is taken: no earlier one of its source may be any more. */
static void
mark_set(struct watch *watch, const struct sim_frame *frame)
{
	uint32_t n = mark_of(watch, &frame->source);

	for (n = n < SIM_MARKS ? n : SIM_MARKS - 1; n > 0; n--) {
		watch->marks[n] = watch->marks[n - 1];
		watch->heard[n] = watch->heard[n - 1];
	}
	watch->marks[0] = frame->source;
	watch->heard[0] = frame->serial;
}

/* Why one that must be signed must be refused; or TALLY_KINDS. */
static enum tally
signed_strange(const struct watch *watch, const struct sim_frame *frame)
{
	uint32_t n = mark_of(watch, &frame->source);

	if (frame->sender == NONE)
		return TALLY_I15_unsigned;
	return n < SIM_MARKS && frame->serial <= watch->heard[n] ?
	    TALLY_I15_replay : TALLY_KINDS;
}

/* Why one with an authentication header must be refused; or TALLY_KINDS. */
static enum tally
header_strange(const struct router *r, const struct vr *vr,
    const struct sim_frame *frame)
{
	uint32_t planned = planned_of(r, (uint32_t)(vr - r->d->vrs));
	uint64_t number;

	if (frame->bytes[9] != IPPROTO_AH_)
		return TALLY_I15_header;
	if (frame->password != vr->conf->auth_pass[0])
		return TALLY_I15_password;
	number = packet_number(frame->bytes);
	return number < r->watches[planned].number || number <=
	    r->watches[planned].heard_number ? TALLY_I15_number : TALLY_KINDS;
}

/*
 * Whether a virtual router must refuse an advertisement that is sound: it is of
 * another version, has another password, of version 2 another interval, or is
 * its own one that came back.
 */
static bool
frame_strange(struct sim *s, struct router *r, const struct vr *vr,
    const struct sim_frame *frame, const uint8_t *message)
{
	const struct conf_vr *conf = vr->conf;
	enum tally why = TALLY_KINDS;

	if (ip_equal(&frame->source, &vr->source))
		why = TALLY_I15_own;
	else if (router_owns(r, &frame->source))
		return false;
	else if (message[0] >> 4 != conf->version)
		why = TALLY_I15_version;
	else if (conf->version == 2 && (message[4] != conf->auth_type ||
	    (conf->auth_type == AUTH_PASS && memcmp(message +
	    VRRP_HEADER + 4 * message[3], conf->auth_pass,
	    VRRP_AUTH_DATA) != 0)))
		why = TALLY_I15_password;
	else if (conf->version == 2 &&
	    message[5] * SECOND_US != conf->interval_us)
		why = TALLY_I15_interval;
	else if (conf->auth_type == AUTH_AH)
		why = header_strange(r, vr, frame);
	else if (conf->hmac.keys.count > 0)
		why = signed_strange(&r->watches[planned_of(r,
		    (uint32_t)(vr - r->d->vrs))], frame);
	if (why == TALLY_KINDS)
		return false;
	tally(s, why);
	return true;
}

/* Believes what a virtual router has taken of a packet that is not judged. */
static void
watch_numbers(struct router *r, const struct vr *vr)
{
	struct watch *watch = &r->watches[planned_of(r,
	    (uint32_t)(vr - r->d->vrs))];

	watch->heard_number = vr->auth->heard;
	if (watch->number < vr->auth->heard)
		watch->number = vr->auth->heard;
}

/* Hands one packet to the daemon and judges what it does. */
static void
watch_hear(struct sim *s, struct router *r, const struct sim_frame *frame,
    const struct event *event)
{
	const uint8_t *message = packet_message(frame->source.family,
	    frame->bytes);
	struct reading reading;
	struct vr *vr = frame_vr(s, r, frame, message);
	struct sim_record *line;
	struct watch *watch;
	bool late;

	if (frame->verdict == VERDICT_BAD || (vr != NULL &&
	    frame->verdict == VERDICT_GOOD &&
	    frame_strange(s, r, vr, frame, message))) {
		watch_refused(s, r, event);
		return;
	}
	late = vr != NULL && vr->conf->hmac.keys.count > 0 &&
	    s->now - frame->sent_at > SIGNED_US - SECOND_US;
	if (vr != NULL && frame->verdict == VERDICT_GOOD && !late &&
	    r->d->interfaces[frame->segment].ifindex == event->ifindex &&
	    vr->conf->hmac.keys.count > 0)
		mark_set(&r->watches[planned_of(r, (uint32_t)(vr -
		    r->d->vrs))], frame);
	if (frame->verdict != VERDICT_GOOD || vr == NULL || late ||
	    router_owns(r, &frame->source) ||
	    r->d->interfaces[frame->segment].ifindex != event->ifindex ||
	    (vr->conf->unicast && frame->sender == NONE) ||
	    is_virtual(&frame->source) ||
	    (vr->conf->strict && message[3] != vr->conf->address_count)) {
		daemon_event(r->d, r->local, event);
		watch_event(s, r);
		/* What is not judged is believed. */
		if (vr != NULL && vr->machine.state == MACHINE_BACKUP)
			r->watches[planned_of(r, (uint32_t)(vr -
			    r->d->vrs))].preempt_at = vr->preempt_at;
		if (vr != NULL && vr->conf->auth_type == AUTH_AH)
			watch_numbers(r, vr);
		return;
	}
	watch = &r->watches[planned_of(r, (uint32_t)(vr - r->d->vrs))];
	if (vr->conf->auth_type == AUTH_AH)
		watch->number = watch->heard_number =
		    packet_number(frame->bytes);
	reading = (struct reading){ .vr = vr, .before = vr->machine,
	    .received = *counter_of(r->d, vr, COUNT_received),
	    .priority = message[2],
	    .order = memcmp(frame->source.bytes, vr->source.bytes, 16),
	    .heard_us = vr->machine.version == 2 ? message[5] * SECOND_US :
	    ((message[4] & 15) << 8 | message[5]) * CS_US,
	    .answers = vr->answers > 0 || r->local - vr->answered_at >=
	    SECOND_US };
	reading.preempts = reading_preempts(s, r, vr, watch, message[2]);
	daemon_event(r->d, r->local, event);
	line = record_next(s, &r->records, RECORD_HEARD);
	line->vr = (uint8_t)planned_of(r, (uint32_t)(vr - r->d->vrs));
	line->value = frame->sender == NONE ? -1 : frame->sender;
	line->priority = message[2];
	line->state = vr->machine.state;
	reading_judge(s, r, &reading);
	watch_event(s, r);
}

/* -- the kernel and the daemon's picture of it -- */

/* Whether all that the kernel had to say has been read and acted upon. */
static bool
router_is_quiet(const struct router *r)
{
	const struct world *w = r->w;

	return r->d->dumped && !kernel_readable(&r->kernel) &&
	    !w->dump.wanted && w->dump.type == 0 && !w->netlink_full &&
	    !w->netlink_lost && w->pending_count == 0 &&
	    r->d->work_count == 0;
}

/* Whether an interface is there, by the name that configurations use. */
static bool
is_named(const struct router *r, uint8_t segment)
{
	const struct kernel_interface *i = &r->kernel.interfaces[segment];

	return i->ifindex != 0 && strncmp(i->name,
	    r->made->interfaces[segment].name, sizeof(i->name)) == 0;
}

/* The interface by which a virtual router sends. */
static struct kernel_interface *
vr_base(const struct sim *s, struct router *r, uint32_t planned)
{
	return &r->kernel.interfaces[s->vrs[planned].segment];
}

/* The interface that its addresses are on: the same, or its macvlan. */
static struct kernel_interface *
vr_interface(const struct sim *s, struct router *r, uint32_t planned)
{
	return r->made->plan.vrs[planned].vmac ?
	    &r->kernel.interfaces[SIM_SEGMENTS + planned] :
	    vr_base(s, r, planned);
}

/*
 * Whether the kernel has the link of a virtual router as it should, up while
 * the addresses are wanted, and no address of ours on another one (I18).
 */
static bool
link_as_wanted(struct sim *s, struct router *r, uint32_t n)
{
	uint32_t planned = planned_of(r, n);
	struct kernel_interface *i = vr_interface(s, r, planned);
	struct kernel_interface *base = vr_base(s, r, planned);
	const struct vr *vr = &r->d->vrs[n];

	tally(s, TALLY_I18);
	for (uint32_t k = 0; k < vr_vip_count(vr) && i != base; k++) {
		const struct kernel_address *has = kernel_address_find(base,
		    &vr->conf->addresses[k].ip, 0);

		if (has != NULL && has->protocol == ADDRESS_PROTOCOL &&
		    !r->unmarked)
			return false;
	}
	if (i == base || base->ifindex == 0 || !is_named(r,
	    s->vrs[planned].segment))
		return true;
	tally(s, TALLY_I18_link);
	return i->ifindex != 0 && i->up == vr->wanted;
}

/*
 * Whether a link of ours is there that no virtual router has.  One above an
 * interface that the daemon does not know, as it is renamed, may be another's;
 * and what an earlier run left is looked for once.
 */
static bool
link_is_left(struct sim *s, struct router *r, bool stopped)
{
	for (uint32_t v = 0; v < s->vr_count; v++) {
		const struct kernel_interface *i =
		    &r->kernel.interfaces[SIM_SEGMENTS + v];

		tally(s, TALLY_I18_gone);
		if (i->ifindex == 0 || !i->marked)
			r->unseen &= (uint8_t)~(1U << v);
		else if (interface_find(r->d, i->lower) == NONE)
			r->unseen |= (uint8_t)(1U << v);
		else if ((r->unseen >> v & 1) == 0 && (stopped ||
		    !r->made->plan.vrs[v].vmac || r->made->plan.vrs[v].absent))
			return true;
	}
	return false;
}

/* Whether an address is a virtual one in a router's configuration. */
static bool
is_configured(const struct router *r, const struct ip *ip)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		const struct vr *vr = &r->d->vrs[n];

		for (uint32_t k = 0; k < vr_vip_count(vr); k++) {
			if (ip_equal(&vr->conf->addresses[k].ip, ip))
				return true;
		}
	}
	return false;
}

/* Whether a virtual router has something to send from (C-014). */
static bool
kernel_has_source(const struct sim *s, const struct router *r,
    const struct kernel_interface *i, uint32_t planned)
{
	bool has = false;

	for (uint8_t n = 0; n < i->address_count; n++) {
		const struct kernel_address *address = &i->addresses[n];

		has = has || (address->ip.family == s->vrs[planned].family &&
		    !is_configured(r, &address->ip) &&
		    (address->flags & IFA_F_TENTATIVE) == 0 &&
		    (address->ip.family == 4 ||
		    ip_is_link_local(&address->ip)));
	}
	return has;
}

/*
 * A daemon that has read everything knows what its kernel has, and takes no
 * part where it cannot (C-131, C-132, C-143).
 */
static void
picture_check(struct sim *s, struct router *r, uint32_t n)
{
	uint32_t planned = planned_of(r, n);
	struct kernel_interface *i = vr_interface(s, r, planned);
	struct vr *vr = &r->d->vrs[n];
	struct kernel_interface *base = vr_base(s, r, planned);
	bool works = base->up && base->carrier &&
	    is_named(r, s->vrs[planned].segment);

	for (uint32_t k = 0; k < vr_vip_count(vr); k++) {
		const struct vip *vip = &r->d->vips[vr->first_vip + k];
		bool has = works && kernel_address_find(i,
		    &vr->conf->addresses[k].ip,
		    vr->conf->addresses[k].prefix) != NULL;

		if (works && has != (vip->state == VIP_PRESENT))
			broken(s, r, "VR %u: address %u is %s, and the daemon "
			    "holds it for %u", planned, k, has ? "there" :
			    "not there", vip->state);
	}
	tally(s, TALLY_I9_picture);
	if (vr->machine.state == MACHINE_INITIALIZE)
		return;
	tally(s, TALLY_C143);
	if (!works)
		broken(s, r, "C-143: VR %u is %s without a working interface",
		    planned, machine_names[vr->machine.state]);
	tally(s, TALLY_C131);
	if (vr->conf->priority != PRIORITY_OWNER &&
	    !kernel_has_source(s, r, base, planned))
		broken(s, r, "C-131: VR %u is %s without an address to send "
		    "from", planned, machine_names[vr->machine.state]);
}

/* What a daemon holds of its k-th entry, against what its kernel has. */
static void
entry_check(struct sim *s, struct router *r, uint32_t k, bool has)
{
	const struct conf_entry *conf = &r->d->conf->entries[k];
	uint8_t state = r->d->entries[k].state, segment = conf->vr == NONE ?
	    0 : s->vrs[planned_of(r, conf->vr)].segment;

	tally(s, conf->kind == ENTRY_RULE ? TALLY_I9_rule : TALLY_I9_route);
	if (conf->kind != ENTRY_RULE && !is_named(r, segment))
		return;
	/* One whose removal was refused may have gone: it is tried again. */
	if (!has && conf->vr != NONE &&
	    r->d->vrs[conf->vr].restore_at != NEVER)
		return;
	if (has ? state != VIP_PRESENT : state == VIP_PRESENT ||
	    state == VIP_ASKED)
		broken(s, r, "entry %u is %s, and the daemon holds it for %u",
		    k, has ? "there" : "not there", state);
}

/* A daemon that has read everything knows which entries its kernel has. */
static void
entries_check(struct sim *s, struct router *r)
{
	const struct conf *conf = r->d->conf;
	uint32_t can, held, k = 0;
	struct ip ip = static_ip(r);

	if (conf->static_count > 0) {
		entry_check(s, r, k++, kernel_address_find(
		    &r->kernel.interfaces[0], &ip, 64) != NULL);
		held = entries_held(s, r, ENTRY_STATIC, &can);
		for (; k < conf->static_count; k++)
			entry_check(s, r, k, held >> (k - 1) & 1);
	}
	for (uint32_t n = 0; n < conf->vr_count; n++) {
		if (conf->vrs[n].entry_count == 0)
			continue;
		held = entries_held(s, r, planned_of(r, n), &can);
		for (uint32_t i = 0; i < conf->vrs[n].entry_count; i++)
			entry_check(s, r, k++, held >> i & 1);
	}
}

/* Whether the kernel has these entries as far as it can, or none of them. */
static bool
entries_as_wanted(const struct sim *s, struct router *r, uint32_t v,
    bool wanted)
{
	uint32_t can, held = entries_held(s, r, v, &can);

	return held == (wanted ? can : 0);
}

/*
 * Whether the kernel has the addresses of a virtual router that it should have,
 * and no others of ours.  Foreign ones stay (row 11), an owner's always.
 */
static bool
kernel_as_wanted(struct sim *s, struct router *r, uint32_t n)
{
	uint32_t planned = planned_of(r, n);
	struct kernel_interface *i = vr_interface(s, r, planned);
	const struct vr *vr = &r->d->vrs[n];

	if (!link_as_wanted(s, r, n) && !r->d->stopping)
		return false;
	for (uint32_t k = 0; k < vr_vip_count(vr); k++) {
		const struct kernel_address *has = kernel_address_find(i,
		    &vr->conf->addresses[k].ip, 0);

		if (has == NULL && vr->wanted && i->ifindex != 0)
			return false;
		if (has != NULL && !vr->wanted && !vr_is_owner(vr) &&
		    has->protocol == ADDRESS_PROTOCOL)
			return false;
	}
	return vr->conf->entry_count == 0 ||
	    entries_as_wanted(s, r, planned, vr->wanted);
}

/*
 * Whether the kernel has the static entries, if they are wanted, and nothing of
 * a virtual router that is configured without: a reload took it away.
 */
static bool
tables_as_wanted(struct sim *s, struct router *r, bool wanted)
{
	const struct plan *plan = &r->made->plan;
	struct kernel_interface *i = &r->kernel.interfaces[0];
	struct ip ip = static_ip(r);
	bool has = kernel_address_find(i, &ip, 0) != NULL;

	if (link_is_left(s, r, false) && !r->left)
		return false;
	for (uint32_t v = 0; v < s->vr_count && !r->left; v++) {
		if (!(plan->vrs[v].entries && !plan->vrs[v].absent) &&
		    !entries_as_wanted(s, r, v, false))
			return false;
	}
	if (plan->statics && has != wanted && i->ifindex != 0)
		return false;
	return (!plan->statics && r->left) || entries_as_wanted(s, r,
	    ENTRY_STATIC, plan->statics && wanted);
}

/* I9 of what no virtual router has. */
static void
tables_check(struct sim *s, struct router *r)
{
	s->tallies[TALLY_I9_static] += r->made->plan.statics;
	if (tables_as_wanted(s, r, true))
		r->tables_wrong = NEVER;
	else if (r->tables_wrong == NEVER)
		r->tables_wrong = s->now;
	else if (s->now - usec_max(r->tables_wrong, r->disturbed_at) >
	    4 * SECOND_US)
		broken(s, r, "I9: static entries, or what a reload took away, "
		    "are wrong for 4 s");
}

/* I9: the kernel is as wanted within seconds, unless somebody disturbs. */
static void
wanted_check(struct sim *s, struct router *r, uint32_t n)
{
	struct watch *watch = &r->watches[planned_of(r, n)];

	tally(s, TALLY_I9);
	if (kernel_as_wanted(s, r, n))
		watch->wrong_since = NEVER;
	else if (watch->wrong_since == NEVER)
		watch->wrong_since = s->now;
	else if (s->now - usec_max(watch->wrong_since, r->disturbed_at) >
	    4 * SECOND_US)
		broken(s, r, "I9: VR %u (%s): the kernel's addresses are wrong "
		    "for 4 s", planned_of(r, n),
		    machine_names[r->d->vrs[n].machine.state]);
}

/* -- turns -- */

/* I10: who took over has announced every address a second later. */
static void
announced_check(struct sim *s, struct router *r, uint32_t n)
{
	const struct vr *vr = &r->d->vrs[n];
	struct watch *watch = &r->watches[planned_of(r, n)];
	uint8_t all = (uint8_t)((1U << vr_vip_count(vr)) - 1);
	usec_t span = SECOND_US + vr_vip_count(vr) * vr->conf->garp_repeat *
	    r->d->conf->global.garp_interval_us;

	tally(s, TALLY_I10);
	if ((watch->announced & all) != all &&
	    r->local - watch->active_at > span &&
	    s->now - r->disturbed_at > 2 * SECOND_US)
		broken(s, r, "I10: VR %u took over and did not announce all",
		    planned_of(r, n));
}

/* What must hold of one virtual router after a turn. */
static void
watch_vr(struct sim *s, struct router *r, uint32_t n)
{
	const struct vr *vr = &r->d->vrs[n];
	uint32_t planned = planned_of(r, n);
	struct watch *watch = &r->watches[planned];
	usec_t interval = vr->conf->interval_us;

	watch->was_active = false;
	watch->takeovers = *counter_of(r->d, vr, COUNT_became_master);
	if (watch->state != vr->machine.state)
		watch_state(s, r, planned, vr->machine.state);
	s->tallies[TALLY_maint] += watch->maintained;
	if (watch->maintained && vr->machine.state == MACHINE_ACTIVE)
		broken(s, r, "VR %u is Active, and an operator took it out",
		    planned);
	s->tallies[TALLY_lingers] += vr->linger_until != NEVER;
	if (vr->linger_until != NEVER &&
	    vr->linger_until - r->local > 2 * SECOND_US)
		broken(s, r, "D-20: VR %u lingers for too long", planned);
	if (watch->wrong_since != NEVER || r->compare)
		wanted_check(s, r, n);
	track_check(s, r, n);
	if (vr->machine.state != MACHINE_ACTIVE || r->reloaded)
		return;
	tally(s, TALLY_I7);
	if (r->local - watch->sent_at > interval ||
	    vr->machine.timer - r->local > interval)
		broken(s, r, "I7: Active VR %u advertised %lld us ago and will "
		    "in %lld", planned, (long long)(r->local - watch->sent_at),
		    (long long)(vr->machine.timer - r->local));
	announced_check(s, r, n);
}

/* I8: nothing is overdue after a turn, and turns without input are few. */
static void
watch_deadline(struct sim *s, struct router *r)
{
	tally(s, TALLY_I8);
	if (daemon_deadline(r->d) <= r->local && r->d->work_count == 0)
		broken(s, r, "I8: the deadline has passed and nothing is done");
	if (r->local - r->second_at >= SECOND_US) {
		r->second_at = r->local;
		r->idle_turns = 0;
	}
	if (++r->idle_turns > 1000)
		broken(s, r, "I8: 1,000 turns without input in a second");
}

/* The members of a sync group are Active together or not at all. */
static void
watch_group(struct sim *s, struct router *r, uint32_t group)
{
	const struct conf_group *conf = &r->made->groups[group];
	uint32_t actives = 0;

	for (uint16_t i = 0; i < conf->member_count; i++)
		actives += r->d->vrs[conf->members[i]].machine.state ==
		    MACHINE_ACTIVE;
	tally(s, TALLY_C145);
	if (actives == 0 || actives == conf->member_count)
		r->apart[group] = false;
	else if (!r->apart[group])
		broken(s, r, "C-145: %u of %u members of sync group %u are "
		    "Active", actives, conf->member_count, group);
}

/* After each turn of a router. */
static void
watch_turn(struct sim *s, struct router *r, bool input)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++)
		watch_vr(s, r, n);
	for (uint32_t g = 0; g < s->group_count; g++)
		watch_group(s, r, g);
	r->reloaded = false;
	if (r->d->conf->bfd_count > 0 && !r->d->stopping)
		session_check(s, r);
	if (r->tables_wrong != NEVER || r->compare)
		tables_check(s, r);
	if (!input)
		watch_deadline(s, r);
	if (!r->compare || !router_is_quiet(r))
		return;
	r->compare = false;
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++)
		picture_check(s, r, n);
	entries_check(s, r);
}

/* A virtual router that begins: nothing was told of it yet. */
static const struct watch watch_nothing = { .state = MACHINE_INITIALIZE,
    .wrong_since = NEVER, .preempt_at = NEVER };

/* A daemon starts. */
static void
watch_start(struct router *r)
{
	r->compare = true;
	r->tables_wrong = NEVER;
	r->neighbour_at = NEVER;
	r->neighbour_state = BFD_DOWN;
	r->session = CHECK_PENDING;
	memset(r->apart, 0, sizeof(r->apart));
	memset(r->group_told, 0, sizeof(r->group_told));
	for (uint32_t v = 0; v < SIM_VRS; v++)
		r->watches[v] = watch_nothing;
}

/* A daemon has gone: none of its virtual routers takes part. */
static void
watch_gone(struct sim *s, struct router *r)
{
	for (uint32_t v = 0; v < s->vr_count; v++)
		watch_state(s, r, v, MACHINE_INITIALIZE);
}

/*
 * After a reload: what the new configuration does not have is gone, and will be
 * told anew when it comes back.
 */
static void
watch_reload(struct sim *s, struct router *r)
{
	r->compare = r->reloaded = true;
	for (uint32_t g = 0; g < s->group_count; g++)
		r->apart[g] = true;
	for (uint32_t v = 0; v < s->vr_count; v++) {
		if (!r->plan.vrs[v].absent)
			continue;
		watch_state(s, r, v, MACHINE_INITIALIZE);
		r->watches[v] = watch_nothing;
	}
	for (uint32_t v = 0; v < s->vr_count; v++) {
		usec_t *preempt_at = &r->watches[v].preempt_at;

		if (*preempt_at != NEVER)	/* a delay that is cut short */
			*preempt_at = usec_min(*preempt_at, r->local +
			    r->plan.vrs[v].preempt_delay_us);
		r->watches[v].second_count = 0;
		if (!plan_authentic(s, &r->made->plan, v) ||
		    !plan_authentic(s, &r->spare->plan, v))
			r->watches[v].number =
			    r->watches[v].heard_number = 0;
	}
}

/* A clean end leaves no address of ours behind. */
static void
watch_stopped(struct sim *s, struct router *r)
{
	for (uint32_t n = 0; n < r->d->conf->vr_count; n++) {
		tally(s, TALLY_leaves);
		if (r->d->vrs[n].wanted || (!kernel_as_wanted(s, r, n) &&
		    s->now - r->disturbed_at > 4 * SECOND_US))
			broken(s, r, "VR %u: its addresses outlive the end",
			    planned_of(r, n));
	}
	/*
	 * That it was told to stop disturbs it, but not this; what the kernel
	 * did not let go is tried once a second.
	 */
	if (r->d->dumped && r->kernel.refuses == 0 &&
	    r->d->clean_at == NEVER && link_is_left(s, r, true))
		broken(s, r, "I18: a link outlives the end");
	tally(s, TALLY_I9_tables);
	if (tables_as_wanted(s, r, false))
		return;
	if (s->now - r->disturbed_at > 4 * SECOND_US)
		broken(s, r, "routes or rules outlive the end");
	r->left = true;			/* the kernel refused to remove them */
}

/* An operator takes a virtual router out, its sync group with it; or back. */
static void
watch_maintained(struct sim *s, struct router *r, uint32_t planned, bool on)
{
	uint8_t group = s->vrs[planned].group;

	for (uint32_t v = 0; v < s->vr_count; v++) {
		if (v == planned || (group != NO_GROUP &&
		    s->vrs[v].group == group && !r->made->plan.vrs[v].absent))
			r->watches[v].maintained = on;
	}
}

/* -- calm -- */

/* What a router's priority must be, by what it was told and what it tracks. */
static int
true_priority(const struct plan *plan, uint32_t planned)
{
	int priority = plan->vrs[planned].priority;

	if (priority == PRIORITY_OWNER)
		return priority;
	if (plan->scripts && plan->vrs[planned].weight > 0)
		priority += plan->vrs[planned].weight;	/* it is good */
	if (plan->process && plan->process_weight > 0)
		priority += plan->process_weight;
	if (plan->bfd_multiplier > 0 && plan->bfd_weight > 0)
		priority += plan->bfd_weight;
	return priority > 254 ? 254 : priority;
}

/* The users were told the true state, by the FIFO and by the script (I11). */
static void
told_check(struct sim *s, struct router *r, uint32_t v)
{
	const struct watch *watch = &r->watches[v];
	uint8_t want = watch->state == MACHINE_ACTIVE ? 2 : 1;

	tally(s, TALLY_I11_true);
	if (watch->told != want || watch->told_script != want)
		broken(s, r, "I11: VR %u is %s, the FIFO said %u, the script "
		    "%u", v, machine_names[watch->state], watch->told,
		    watch->told_script);
}

/* All is well for long: the winner is the one that it should be (I5). */
static void
settled_winner(struct sim *s, uint32_t v, struct router *winner)
{
	int best = true_priority(&winner->plan, v);
	struct kernel_interface *i = vr_interface(s, winner, v);

	for (uint32_t n = 0; n < s->router_count; n++) {
		struct router *r = &s->routers[n];
		int priority = true_priority(&r->plan, v);

		tally(s, TALLY_I5);
		if (priority > best && (!r->plan.vrs[v].no_preempt ||
		    priority == PRIORITY_OWNER))
			broken(s, r, "I5: VR %u: priority %d preempts, yet "
			    "router %u is Active with %d", v, priority,
			    winner->index, best);
	}
	if (announcing[winner->plan.announcing].refresh_us == 0)
		return;
	for (uint32_t k = 0; k < (uint32_t)s->vrs[v].addresses +
	    s->vrs[v].excluded; k++) {
		tally(s, TALLY_I10_client);
		if (memcmp(s->judged[v].client[k], i->mac, 6) != 0)
			broken(s, winner, "I10: VR %u: the client sends what "
			    "is for address %u elsewhere", v, k);
	}
}

/* All is well for long: one is Active, the others are Backups (I2, I9). */
static void
settled_check(struct sim *s)
{
	for (uint32_t v = 0; v < s->vr_count; v++) {
		struct router *winner = NULL;

		for (uint32_t n = 0; n < s->router_count; n++) {
			struct router *r = &s->routers[n];
			uint8_t state = r->watches[v].state;

			if (r->d == NULL || state == MACHINE_INITIALIZE)
				broken(s, r, "VR %u takes no part, and nothing "
				    "is wrong", v);
			told_check(s, r, v);
			if (state == MACHINE_ACTIVE)
				winner = r;
		}
		if (s->judged[v].actives != 1 || winner == NULL)
			broken(s, NULL, "I2: VR %u has %u Actives", v,
			    s->judged[v].actives);
		settled_winner(s, v, winner);
	}
	for (uint32_t n = 0; n < s->router_count; n++) {
		struct router *r = &s->routers[n];

		for (uint32_t v = 0; v < r->d->conf->vr_count; v++) {
			if (!kernel_as_wanted(s, r, v))
				broken(s, r, "I9: VR %u: the kernel's "
				    "addresses are wrong", planned_of(r, v));
			picture_check(s, r, v);
		}
		r->left = false;
		if (r->unfiltered)
			broken(s, r, "I19: its firewall is not mended");
		firewall_check(s, r, &r->made->plan);
		if (!tables_as_wanted(s, r, true))
			broken(s, r, "I9: routes or rules are wrong");
		entries_check(s, r);
	}
}
