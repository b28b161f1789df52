/* SPDX-License-Identifier: ISC */
/*
 * The firewall of a kernel: the one table of nf_tables that routers ask for, as
 * batches of which all is done or nothing, and who owns it.  From Linux 5.12 on
 * a table may go with the socket that made it, and nobody else may touch it
 * then; before, it outlives a daemon that dies.
 *
 * I19: a router has in its table what its plan says, no more and no less,
 * whatever state it is in: so nobody reaches an address that is not accepted,
 * from the first moment that it is there.
 */

#define SIM_FIREWALL	77		/* the descriptor of its socket */

/* A name in a message, as far as there is room for it. */
static void
firewall_name(const struct cursor *value, char name[8])
{
	struct cursor c = *value;
	size_t length = cursor_left(&c);

	memset(name, 0, 8);
	memcpy(name, cursor_bytes(&c, length), length < 7 ? length : 7);
}

/* A number in a message, in the byte order of nf_tables. */
static uint32_t
firewall_number(const struct cursor *value)
{
	struct cursor c = *value;

	return cursor_u32(&c);
}

/* The set of this name: its number, or how many there are. */
static uint8_t
firewall_set(const struct kernel_firewall *t, const char *name)
{
	uint8_t n = 0;

	while (n < t->set_count && strcmp(t->sets[n].name, name) != 0)
		n++;
	return n;
}

/* NEWTABLE: 0, or an errno. */
static int
firewall_table(const struct kernel *k, struct kernel_firewall *t,
    struct cursor body)
{
	struct cursor flags = nl_attribute_find(&body, NFTA_TABLE_FLAGS);
	struct cursor name = nl_attribute_find(&body, NFTA_TABLE_NAME);
	bool says = !flags.failed;
	bool owned = says && (firewall_number(&flags) & 2) != 0;

	if (k->table_taken)
		return EPERM;
	if (owned && !k->owns_tables)
		return EINVAL;
	if (t->name[0] != '\0')
		return says && owned != t->owned ? EOPNOTSUPP : 0;
	firewall_name(&name, t->name);
	t->owned = owned;
	return 0;
}

/* NEWSET: 0, or an errno. */
static int
firewall_set_add(struct kernel_firewall *t, struct cursor body)
{
	struct cursor name = nl_attribute_find(&body, NFTA_SET_NAME);
	struct cursor length = nl_attribute_find(&body, NFTA_SET_KEY_LEN);

	if (t->set_count == COUNT_OF(t->sets))
		return ENOSPC;
	firewall_name(&name, t->sets[t->set_count].name);
	t->sets[t->set_count++].length = (uint8_t)firewall_number(&length);
	return 0;
}

/* NEWSETELEM with one element: 0, or an errno. */
static int
firewall_member_add(struct kernel_firewall *t, struct cursor body)
{
	struct cursor name = nl_attribute_find(&body, NFTA_SET_ELEM_LIST_SET);
	struct cursor list = nl_attribute_find(&body,
	    NFTA_SET_ELEM_LIST_ELEMENTS);
	struct cursor one = nl_attribute_find(&list, NFTA_LIST_ELEM);
	struct cursor data = nl_attribute_find(&one, NFTA_SET_ELEM_KEY);
	struct cursor key = nl_attribute_find(&data, NFTA_DATA_VALUE);
	size_t length = cursor_left(&key);
	struct firewall_member member = { .set = 0 };
	char set[8];

	firewall_name(&name, set);
	member.set = firewall_set(t, set);
	if (member.set == t->set_count)
		return ENOENT;
	if (length != t->sets[member.set].length)
		return EINVAL;
	memcpy(member.key, cursor_bytes(&key, length), length);
	for (uint8_t n = 0; n < t->member_count; n++) {
		if (memcmp(&t->members[n], &member, sizeof(member)) == 0)
			return 0;
	}
	if (t->member_count == FIREWALL_MEMBERS)
		return ENOSPC;
	t->members[t->member_count++] = member;
	return 0;
}

/* NEWCHAIN: 0, or an errno. */
static int
firewall_chain_add(struct kernel_firewall *t, struct cursor body)
{
	struct cursor name = nl_attribute_find(&body, NFTA_CHAIN_NAME);
	struct cursor nest = nl_attribute_find(&body, NFTA_CHAIN_HOOK);
	struct cursor hook = nl_attribute_find(&nest, NFTA_HOOK_HOOKNUM);

	if (t->chain_count == COUNT_OF(t->chains))
		return ENOSPC;
	firewall_name(&name, t->chains[t->chain_count].name);
	t->chains[t->chain_count++].hook = (uint8_t)firewall_number(&hook);
	return 0;
}

/* NEWRULE, of which counts in which set it looks, and what it says then. */
static int
firewall_rule_add(struct kernel_firewall *t, struct cursor body)
{
	struct cursor name = nl_attribute_find(&body, NFTA_RULE_CHAIN);
	struct cursor list = nl_attribute_find(&body, NFTA_RULE_EXPRESSIONS);
	struct cursor one, data;
	uint8_t chain = 0, sets = 0;
	uint32_t verdict = UINT32_MAX;
	char word[8];
	uint16_t type;

	firewall_name(&name, word);
	while (chain < t->chain_count &&
	    strcmp(t->chains[chain].name, word) != 0)
		chain++;
	if (chain == t->chain_count)
		return ENOENT;
	while (nl_attribute_next(&list, &type, &one)) {
		name = nl_attribute_find(&one, NFTA_EXPR_NAME);
		data = nl_attribute_find(&one, NFTA_EXPR_DATA);
		firewall_name(&name, word);
		if (strcmp(word, "lookup") == 0) {
			name = nl_attribute_find(&data, NFTA_LOOKUP_SET);
			firewall_name(&name, word);
			if (firewall_set(t, word) == t->set_count)
				return ENOENT;
			sets |= (uint8_t)(1U << firewall_set(t, word));
		} else if (strcmp(word, "immedia") == 0) {	/* ...te */
			data = nl_attribute_find(&data, NFTA_IMMEDIATE_DATA);
			data = nl_attribute_find(&data, NFTA_DATA_VERDICT);
			data = nl_attribute_find(&data, NFTA_VERDICT_CODE);
			verdict = firewall_number(&data);
		}
	}
	if (verdict == 0)			/* NF_DROP */
		t->chains[chain].drops |= sets;
	return 0;
}

/* One message of a batch: 0, or an errno. */
static int
firewall_change(struct sim *s, struct router *r, struct kernel_firewall *t,
    const struct nl_message *message)
{
	struct cursor body = message->body;

	cursor_bytes(&body, 4);			/* struct nfgenmsg */
	if (message->type >> 8 != NFNL_SUBSYS_NFTABLES)
		broken(s, r, "a batch has something else in it");
	if ((message->type & 0xff) == NFT_MSG_NEWTABLE)
		return firewall_table(&r->kernel, t, body);
	if (t->name[0] == '\0')
		return ENOENT;
	switch (message->type & 0xff) {
	case NFT_MSG_DELTABLE:
		*t = (struct kernel_firewall){ .owned = false };
		return 0;
	case NFT_MSG_NEWSET:
		return firewall_set_add(t, body);
	case NFT_MSG_NEWSETELEM:
		return firewall_member_add(t, body);
	case NFT_MSG_NEWCHAIN:
		return firewall_chain_add(t, body);
	case NFT_MSG_NEWRULE:
		return firewall_rule_add(t, body);
	}
	broken(s, r, "a batch has message %#x in it", message->type);
}

/* Adds an answer that the socket holds, unless answers are lost. */
static void
firewall_answers(struct kernel *k, int error)
{
	if (k->answer_count < COUNT_OF(k->answers) && !k->mute)
		k->answers[k->answer_count++] = (uint8_t)error;
}

/* A batch: all of it is done, or nothing. */
static void
firewall_batch(struct sim *s, struct router *r, struct cursor c)
{
	struct kernel *k = &r->kernel;
	struct kernel_firewall table = k->firewall;
	struct nl_message message;
	bool ended = false;

	k->batch_error = (uint8_t)k->refuses;
	if (!nl_next(&c, &message) || message.type != NFNL_MSG_BATCH_BEGIN)
		broken(s, r, "a batch has no beginning");
	while (nl_next(&c, &message)) {
		int error = k->refuses;

		ended = message.type == NFNL_MSG_BATCH_END;
		if (ended)
			break;
		if (error == 0)
			error = firewall_change(s, r, &table, &message);
		if (error != 0 || (message.flags & NLM_F_ACK) != 0)
			firewall_answers(k, error);
		if (k->batch_error == 0)
			k->batch_error = (uint8_t)error;
	}
	if (!ended)
		broken(s, r, "a batch has no end");
	if (k->batch_error == 0)
		k->firewall = table;
	tally(s, k->batch_error == 0 ? TALLY_batches : TALLY_batches_refused);
	k->unanswered = k->mute;
	k->mute = false;
	hash_add(s, k->batch_error);
}

/* What stands for send to it. */
static ssize_t
firewall_take(struct sim *s, struct router *r, const void *bytes,
    size_t length)
{
	if (r->kernel.refuses == ENOBUFS) {
		r->kernel.batch_error = ENOBUFS;
		errno = ENOBUFS;
		return -1;
	}
	firewall_batch(s, r, cursor_over(bytes, length));
	return (ssize_t)length;
}

/* What stands for recv: the next answer. */
static ssize_t
sim_recv(int fd, void *bytes, size_t size, int flags)
{
	struct kernel *k = &sim_router->kernel;
	struct packer p = packer_over(bytes, size);
	struct nlmsgerr answer = { .error = 0 };

	(void)fd;
	(void)flags;
	if (k->answer_count == 0) {
		errno = EAGAIN;
		return -1;
	}
	answer.error = -k->answers[0];
	memmove(&k->answers[0], &k->answers[1], --k->answer_count);
	nl_begin(&p, NLMSG_ERROR, 0, 0);
	packer_bytes(&p, &answer, sizeof(answer));
	return (ssize_t)nl_finish(&p);
}

/* What stands for close: of the table that goes with it. */
static int
sim_close(int fd)
{
	struct kernel *k = &sim_router->kernel;

	if (fd == SIM_FIREWALL && k->firewall.owned)
		k->firewall = (struct kernel_firewall){ .owned = false };
	return 0;
}

/* What stands for the calls by number, of which is only socket. */
static long
sim_syscall(long number, ...)
{
	(void)number;
	sim_router->kernel.answer_count = 0;
	return SIM_FIREWALL;
}

static int
sim_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)size;
	return 0;
}

/* -- what a plan says (I19) -- */

/* What a table is to hold, as a plan says it. */
struct firewall_wish {
	uint32_t	count;
	struct {
		const char	*set;
		uint8_t		key[32];
	} members[FIREWALL_MEMBERS];
};

/* One member more. */
static void
wish_add(struct firewall_wish *wish, const char *set, const void *key,
    size_t length, const char *link)
{
	uint8_t *to = wish->members[wish->count].key;

	memset(to, 0, 32);
	wish->members[wish->count++].set = set;
	memcpy(to, key, length);
	if (link != NULL)
		memcpy(to + length, link, strlen(link));
}

/* What one virtual router adds: no_accept, and a virtual MAC over IPv6. */
static void
wish_vr(const struct sim *s, const struct plan *plan, uint32_t v,
    struct firewall_wish *wish)
{
	char link[16] = "";

	snprintf(link, sizeof(link), plan->vrs[v].vmac ? "vrrp.%u" : "eth%u",
	    plan->vrs[v].vmac ? v : s->vrs[v].segment);
	if (plan->vrs[v].vmac && s->vrs[v].family == 6)
		wish_add(wish, "vmac", link, sizeof(link), NULL);
	if (plan->vrs[v].priority == PRIORITY_OWNER ||
	    !(plan->vrs[v].no_accept || s->vrs[v].strict))
		return;
	for (uint32_t k = 0; k < (uint32_t)plan->vrs[v].addresses +
	    s->vrs[v].excluded; k++) {
		struct ip ip = virtual_address(s, v, k);

		if (ip.family == 4)
			wish_add(wish, "ip4", ip.bytes, 4, NULL);
		else if (ip.bytes[0] == 0xfe)
			wish_add(wish, "zone6", ip.bytes, 16, link);
		else
			wish_add(wish, "ip6", ip.bytes, 16, NULL);
	}
}

/* Whether a table holds this member. */
static bool
firewall_holds(const struct kernel_firewall *t, const char *set,
    const uint8_t key[32])
{
	uint8_t n = 0, number = firewall_set(t, set);

	while (n < t->member_count && (t->members[n].set != number ||
	    memcmp(t->members[n].key, key, 32) != 0))
		n++;
	return n < t->member_count;
}

/* What a chain must drop by: a bit for each set that holds addresses. */
static uint8_t
firewall_drops(const struct kernel_firewall *t)
{
	static const char *const sets[] = { "ip4", "ip6", "zone6" };
	uint8_t drops = 0;

	for (size_t i = 0; i < COUNT_OF(sets); i++)
		drops |= (uint8_t)(1U << firewall_set(t, sets[i]));
	return drops;
}

/*
 * I19, unless the kernel refused the last batch, which the log told, or
 * somebody flushed it.  A table that an old kernel kept of one that was killed
 * goes with the next that wants any.
 */
static void
firewall_check(struct sim *s, struct router *r, const struct plan *plan)
{
	const struct kernel_firewall *t = &r->kernel.firewall;
	struct firewall_wish wish = { .count = 0 };
	uint8_t all = firewall_drops(t);

	if (r->unfiltered)
		return;
	tally(s, TALLY_I19);
	for (uint32_t v = 0; v < s->vr_count; v++) {
		if (!plan->vrs[v].absent)
			wish_vr(s, plan, v, &wish);
	}
	if (wish.count == 0) {
		tally(s, t->name[0] != '\0' ? TALLY_I19_stale :
		    TALLY_I19_none);
		if (t->name[0] != '\0' && !r->table_left)
			broken(s, r, "I19: a table that nobody wants");
		return;
	}
	if (t->name[0] == '\0' || wish.count != t->member_count)
		broken(s, r, "I19: %u members of a table, and %u wanted",
		    t->member_count, wish.count);
	for (uint32_t n = 0; n < wish.count; n++) {
		if (!firewall_holds(t, wish.members[n].set,
		    wish.members[n].key))
			broken(s, r, "I19: %s lacks what is to be in it",
			    wish.members[n].set);
	}
	for (uint8_t n = 0; n < t->chain_count; n++) {
		if ((t->chains[n].drops & all) != all)
			broken(s, r, "I19: chain %s does not drop all",
			    t->chains[n].name);
	}
	if (t->chain_count != 2 || t->chains[0].hook + t->chains[1].hook != 4)
		broken(s, r, "I19: packets that come or go are not looked at");
}

/*
 * A configuration comes into force: World tells the kernel, and the log what
 * does not work.
 */
static void
firewall_begins(struct sim *s, struct router *r, const struct made *made,
    const struct conf *old)
{
	struct kernel *k = &r->kernel;
	uint64_t said = r->w->record_count;

	sim_router = r;
	k->batch_error = 0;
	k->unanswered = false;
	firewall_configure(r->w, &made->conf, old);
	if ((said != r->w->record_count) != (k->batch_error != 0 ||
	    k->unanswered))
		broken(s, r, "I19: what became of a batch is %s told",
		    said == r->w->record_count ? "not" : "wrongly");
	r->unfiltered = k->batch_error != 0;
	r->w->unfiltered = false;	/* what is tried again, the lab sees */
	if (k->batch_error != 0)
		note(s, r, "its firewall is refused: %d", k->batch_error);
	r->table_left = k->firewall.name[0] != '\0' &&
	    r->w->fd[SOCKET_FIREWALL] < 0;
	firewall_check(s, r, &made->plan);
}

/* A daemon is gone; stops: it ended by itself, and left nothing. */
static void
firewall_ends(struct sim *s, struct router *r, bool stops)
{
	struct kernel *k = &r->kernel;

	sim_router = r;
	k->batch_error = 0;
	if (stops) {
		firewall_remove(r->w, &r->made->conf);
		tally(s, TALLY_I19_end);
		if (k->firewall.name[0] != '\0' && k->batch_error == 0 &&
		    !r->table_left)
			broken(s, r, "I19: its table outlives the end");
	}
	world_close_fd(r->w, &r->w->fd[SOCKET_FIREWALL]);
	r->table_left = k->firewall.name[0] != '\0';
}
