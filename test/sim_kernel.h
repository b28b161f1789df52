/* SPDX-License-Identifier: ISC */
/*
 * A kernel as one router sees it: interfaces, addresses with Linux's primary
 * and secondary ones, requests and their errors, a listening socket whose
 * queue overruns, and dumps that are read piece by piece from the same queue.
 * World's own functions read that socket.
 */

/* What clocks on the wall show when a run begins. */
#define SIM_EPOCH_US	(1800000000 * SECOND_US)

/* How long a router's scheduler takes. */
static usec_t
router_latency(struct sim *s, const struct router *r)
{
	return s->even ? 20 + r->index * 37 % 100 : chance_range(s, 20, 120);
}

/* Something waits for the daemon: its turn comes soon, unless it is paused. */
static void
router_rouse(struct sim *s, struct router *r)
{
	usec_t soon = usec_max(s->now + router_latency(s, r),
	    r->paused_until);

	if (r->d != NULL && soon < r->next)
		r->next = soon;
}

/* A slot of the queue for another datagram; the caller sets its length. */
static uint8_t *
kernel_queue_slot(struct kernel *k)
{
	return k->queue[(k->first + k->count) % KERNEL_QUEUE];
}

/* Puts a finished datagram in the queue, or overruns it as Linux does. */
static void
kernel_report(struct sim *s, struct router *r, const uint8_t *bytes,
    size_t length)
{
	struct kernel *k = &r->kernel;

	k->changes++;
	r->compare = true;
	if (!k->open)
		return;
	if (k->congested || k->count >= KERNEL_QUEUE - 1) {
		s->tallies[TALLY_overrun] += !k->congested;
		k->overrun = k->overrun || !k->congested;
		k->congested = true;
	} else {
		memcpy(kernel_queue_slot(k), bytes, length);
		k->lengths[(k->first + k->count++) % KERNEL_QUEUE] =
		    (uint16_t)length;
	}
	router_rouse(s, r);
}

/* Appends a message about an interface. */
static void
kernel_link_message(struct packer *p, const struct kernel_interface *i,
    uint16_t type, uint32_t seq)
{
	struct ifinfomsg body = { .ifi_type = ARPHRD_ETHERNET,
	    .ifi_index = (int)i->ifindex };
	struct packer message = packer_over(p->at,
	    (size_t)(p->end - p->at));
	uint32_t mtu = 1500;

	body.ifi_flags = IFF_BROADCAST | IFF_MULTICAST | (i->up ? IFF_UP : 0) |
	    (i->up && i->carrier ? IFF_RUNNING : 0);
	nl_begin(&message, type, 0, seq);
	packer_bytes(&message, &body, sizeof(body));
	nl_attribute(&message, IFLA_IFNAME, i->name, strlen(i->name) + 1);
	nl_attribute(&message, IFLA_MTU, &mtu, sizeof(mtu));
	nl_attribute(&message, IFLA_ADDRESS, i->mac, sizeof(i->mac));
	p->at += nl_finish(&message);
}

/* Appends a message about an address. */
static void
kernel_address_message(struct packer *p, const struct kernel *k,
    const struct kernel_interface *i, const struct kernel_address *address,
    uint16_t type, uint32_t seq)
{
	size_t size = ip_size(address->ip.family);
	struct ifaddrmsg body = { .ifa_prefixlen = address->prefix,
	    .ifa_family = address->ip.family == 4 ? NL_FAMILY_4 : NL_FAMILY_6,
	    .ifa_flags = (uint8_t)address->flags, .ifa_index = i->ifindex };
	struct packer message = packer_over(p->at,
	    (size_t)(p->end - p->at));

	nl_begin(&message, type, 0, seq);
	packer_bytes(&message, &body, sizeof(body));
	nl_attribute(&message, IFA_ADDRESS, address->ip.bytes, size);
	if (address->ip.family == 4)
		nl_attribute(&message, IFA_LOCAL, address->ip.bytes, size);
	nl_attribute(&message, IFA_FLAGS, &address->flags, 4);
	if (k->tells_protocol && address->protocol != 0)
		nl_attribute(&message, IFA_PROTO_, &address->protocol, 1);
	p->at += nl_finish(&message);
}

/* Reports an interface. */
static void
kernel_tell_link(struct sim *s, struct router *r,
    const struct kernel_interface *i, uint16_t type)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));

	kernel_link_message(&p, i, type, 0);
	kernel_report(s, r, bytes, packer_length(&p));
}

/* Reports an address. */
static void
kernel_tell_address(struct sim *s, struct router *r,
    const struct kernel_interface *i, const struct kernel_address *address,
    uint16_t type)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));

	kernel_address_message(&p, &r->kernel, i, address, type, 0);
	kernel_report(s, r, bytes, packer_length(&p));
}

/* -- addresses -- */

/* Whether two IPv4 addresses are of one subnet, as in inet_ifa_match. */
static bool
same_subnet(const struct kernel_address *a, const struct kernel_address *b)
{
	return a->ip.family == 4 && b->ip.family == 4 &&
	    a->prefix == b->prefix && (a->prefix == 32 ?
	    memcmp(a->ip.bytes, b->ip.bytes, 4) == 0 :
	    memcmp(a->ip.bytes, b->ip.bytes, 3) == 0);
}

/* The address of an interface; prefix 0: with any.  NULL: it has it not. */
static struct kernel_address *
kernel_address_find(struct kernel_interface *i, const struct ip *ip,
    uint8_t prefix)
{
	for (uint8_t n = 0; n < i->address_count; n++) {
		if (ip_equal(&i->addresses[n].ip, ip) &&
		    (prefix == 0 || i->addresses[n].prefix == prefix))
			return &i->addresses[n];
	}
	return NULL;
}

/* Adds an address: 0, or the errno that Linux answers with. */
static int
kernel_address_add(struct sim *s, struct router *r, struct kernel_interface *i,
    struct kernel_address address)
{
	if (i->ifindex == 0)
		return ENODEV;
	if (kernel_address_find(i, &address.ip, address.ip.family == 6 ? 0 :
	    address.prefix) != NULL) {
		tally(s, TALLY_exists);
		return EEXIST;
	}
	if (i->address_count == KERNEL_ADDRESSES)
		return ENOBUFS;
	address.flags &= ~(uint32_t)IFA_F_SECONDARY;
	for (uint8_t n = 0; n < i->address_count; n++) {
		if (same_subnet(&i->addresses[n], &address))
			address.flags |= IFA_F_SECONDARY;
	}
	i->addresses[i->address_count++] = address;
	kernel_tell_address(s, r, i, &address, RTM_NEWADDR);
	return 0;
}

/* Takes the n-th address of an interface away and reports it. */
static void
kernel_address_drop(struct sim *s, struct router *r,
    struct kernel_interface *i, uint8_t n)
{
	struct kernel_address gone = i->addresses[n];

	i->address_count--;
	memmove(&i->addresses[n], &i->addresses[n + 1],
	    (size_t)(i->address_count - n) * sizeof(gone));
	kernel_tell_address(s, r, i, &gone, RTM_DELADDR);
}

/*
 * Removes an address.  With an IPv4 primary go its secondaries, before it, or
 * the first of them is promoted, after it (promote_secondaries).
 */
static int
kernel_address_remove(struct sim *s, struct router *r,
    struct kernel_interface *i, const struct ip *ip, uint8_t prefix)
{
	struct kernel_address *found = kernel_address_find(i, ip, prefix);
	struct kernel_address gone;

	if (i->ifindex == 0)
		return ENODEV;
	if (found == NULL) {
		tally(s, TALLY_absent);
		return EADDRNOTAVAIL;
	}
	gone = *found;
	for (uint8_t n = i->address_count; n-- > 0 && ip->family == 4 &&
	    (gone.flags & IFA_F_SECONDARY) == 0 &&
	    !r->kernel.promote_secondaries;) {
		if (same_subnet(&i->addresses[n], &gone) &&
		    (i->addresses[n].flags & IFA_F_SECONDARY))
			kernel_address_drop(s, r, i, n);
	}
	found = kernel_address_find(i, ip, prefix);
	kernel_address_drop(s, r, i, (uint8_t)(found - i->addresses));
	for (uint8_t n = 0; n < i->address_count && ip->family == 4 &&
	    (gone.flags & IFA_F_SECONDARY) == 0; n++) {
		if (!same_subnet(&i->addresses[n], &gone))
			continue;
		i->addresses[n].flags &= ~(uint32_t)IFA_F_SECONDARY;
		kernel_tell_address(s, r, i, &i->addresses[n], RTM_NEWADDR);
		break;
	}
	return 0;
}

/* Removes all addresses of a family; 0: of both. */
static void
kernel_addresses_flush(struct sim *s, struct router *r,
    struct kernel_interface *i, uint8_t family)
{
	for (uint8_t n = i->address_count; n-- > 0;) {
		if (family == 0 || i->addresses[n].ip.family == family)
			kernel_address_drop(s, r, i, n);
	}
}

/*
 * A request of the daemon, as bytes: 0, or an errno.  What is asked for is
 * read from the message, as a kernel would.
 */
static int
kernel_request(struct sim *s, struct router *r, const uint8_t *bytes,
    size_t length)
{
	struct cursor c = cursor_over(bytes, length);
	struct nl_message message;
	struct nl_address news;
	struct kernel_address address;
	struct kernel_interface *i = NULL;

	if (!nl_next(&c, &message) || !nl_address_parse(&message, &news))
		broken(s, r, "request that cannot be read");
	if (r->kernel.refuses != 0) {
		tally(s, TALLY_refused);
		return r->kernel.refuses;
	}
	for (int n = 0; n < SIM_SEGMENTS; n++) {
		if (r->kernel.interfaces[n].ifindex == news.ifindex)
			i = &r->kernel.interfaces[n];
	}
	if (i == NULL) {
		tally(s, TALLY_nodev);
		return ENODEV;
	}
	if (message.type == RTM_DELADDR)
		return kernel_address_remove(s, r, i, &news.ip, news.prefix);
	address = (struct kernel_address){ .ip = news.ip, .prefix = news.prefix,
	    .protocol = news.protocol, .flags = IFA_F_PERMANENT };
	return kernel_address_add(s, r, i, address);
}

/* -- interfaces -- */

/* The addresses that an administrator gives an interface, in time. */
static void
kernel_addresses_come(struct sim *s, struct router *r, uint8_t segment)
{
	happen(s, s->now + chance_span(s, MS_US, SECOND_US),
	    HAPPENS_ADDRESS, r->index, segment, 0);
}

/* Sets an interface up or down; IPv6 addresses do not outlive that. */
static void
kernel_admin(struct sim *s, struct router *r, uint8_t segment, bool up)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex == 0 || i->up == up)
		return;
	i->up = up;
	if (!up)
		kernel_addresses_flush(s, r, i, 6);
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	if (up)
		kernel_addresses_come(s, r, segment);
}

/* Plugs or pulls the cable. */
static void
kernel_carrier(struct sim *s, struct router *r, uint8_t segment, bool carrier)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex == 0 || i->carrier == carrier)
		return;
	i->carrier = carrier;
	kernel_tell_link(s, r, i, RTM_NEWLINK);
}

/* Deletes an interface with all that it had. */
static void
kernel_delete(struct sim *s, struct router *r, uint8_t segment)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex == 0)
		return;
	if (i->up) {
		i->up = false;
		kernel_tell_link(s, r, i, RTM_NEWLINK);
	}
	kernel_addresses_flush(s, r, i, 0);
	kernel_tell_link(s, r, i, RTM_DELLINK);
	i->ifindex = 0;
	i->group_count = 0;
}

/* Creates an interface, up and with carrier, but without addresses. */
static void
kernel_create(struct sim *s, struct router *r, uint8_t segment)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex != 0)
		return;
	*i = (struct kernel_interface){ .ifindex = r->kernel.next_ifindex++,
	    .carrier = true };
	snprintf(i->name, sizeof(i->name), "eth%u", segment);
	i->mac[0] = 2;
	i->mac[3] = (uint8_t)chance_next(s);
	i->mac[4] = segment;
	i->mac[5] = (uint8_t)r->index;
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	i->up = true;
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	kernel_addresses_come(s, r, segment);
}

/* -- the listening socket -- */

/*
 * Makes the next datagram of a dump: the links in one, the addresses in one of
 * each interface, and the end.  A change in between marks what follows.
 */
static void
kernel_dump_step(struct router *r)
{
	struct kernel *k = &r->kernel;
	uint8_t *slot = kernel_queue_slot(k);
	struct packer p = packer_over(slot, KERNEL_DATAGRAM);
	uint16_t interrupted = k->changes == k->dump_changes ? 0 :
	    NLM_F_DUMP_INTR;
	bool links = k->dump_type == RTM_GETLINK, end;
	static const uint32_t zero;

	sim_running->tallies[TALLY_interrupted] += interrupted != 0;
	end = k->dump_at >= (links ? 1 : SIM_SEGMENTS);
	for (uint32_t n = 0; links && !end && n < SIM_SEGMENTS; n++) {
		if (k->interfaces[n].ifindex != 0)
			kernel_link_message(&p, &k->interfaces[n],
			    RTM_NEWLINK, k->dump_seq);
	}
	for (uint32_t n = 0; !links && !end &&
	    n < k->interfaces[k->dump_at].address_count; n++)
		kernel_address_message(&p, k, &k->interfaces[k->dump_at],
		    &k->interfaces[k->dump_at].addresses[n], RTM_NEWADDR,
		    k->dump_seq);
	k->dump_at++;
	if (end) {
		struct packer message = p;

		nl_begin(&message, NLMSG_DONE, interrupted, k->dump_seq);
		packer_bytes(&message, &zero, sizeof(zero));
		p.at += nl_finish(&message);
		k->dump_type = 0;
	}
	if (p.at == p.start)
		return;
	k->lengths[(k->first + k->count++) % KERNEL_QUEUE] =
	    (uint16_t)packer_length(&p);
}

/* Goes on with a dump as far as there is room; the kernel keeps one slot. */
static void
kernel_dump_go_on(struct router *r)
{
	while (r->kernel.dump_type != 0 && r->kernel.count < 2)
		kernel_dump_step(r);
}

/* What stands for clock_gettime: the clock of the router that has its turn. */
static int
sim_clock_gettime(clockid_t clock, struct timespec *now)
{
	usec_t local = sim_router->local;

	(void)clock;
	now->tv_sec = (time_t)(local / SECOND_US);
	now->tv_nsec = (long)(local % SECOND_US * 1000);
	return 0;
}

/* What stands for send: the request for a dump. */
static ssize_t
sim_send(int fd, const void *bytes, size_t length, int flags)
{
	struct kernel *k = &sim_router->kernel;
	struct cursor c = cursor_over(bytes, length);
	struct nl_message message;

	(void)fd;
	(void)flags;
	if (!nl_next(&c, &message))
		broken(sim_running, sim_router, "dump that cannot be read");
	if (k->refuses == ENOBUFS) {
		errno = ENOBUFS;
		return -1;
	}
	k->dump_type = message.type;
	k->dump_seq = message.seq;
	k->dump_at = 0;
	k->dump_changes = k->changes;
	kernel_dump_go_on(sim_router);
	return (ssize_t)length;
}

/* What stands for recvfrom: the next datagram of the listening socket. */
static ssize_t
sim_recvfrom(int fd, void *bytes, size_t size, int flags,
    struct sockaddr *sender, socklen_t *sender_size)
{
	struct kernel *k = &sim_router->kernel;
	size_t length;

	(void)fd;
	(void)flags;
	if (k->overrun || k->count == 0) {
		errno = k->overrun ? ENOBUFS : EAGAIN;
		k->overrun = false;
		return -1;
	}
	length = k->lengths[k->first];
	memcpy(bytes, k->queue[k->first], length < size ? length : size);
	memset(sender, 0, *sender_size);
	k->first = (k->first + 1) % KERNEL_QUEUE;
	k->count--;
	if (k->count == 0)
		k->congested = false;
	kernel_dump_go_on(sim_router);
	return (ssize_t)length;
}

/* Whether the listening socket has something to read. */
static bool
kernel_readable(const struct kernel *k)
{
	return k->count > 0 || k->overrun;
}

/* The daemon is gone: its socket and its memberships go with it. */
static void
kernel_close(struct kernel *k)
{
	k->open = k->overrun = k->congested = false;
	k->count = 0;
	k->dump_type = 0;
	for (int n = 0; n < SIM_SEGMENTS; n++)
		k->interfaces[n].group_count = 0;
}
