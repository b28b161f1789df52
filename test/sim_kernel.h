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

/* The interface with this number; NULL: there is none. */
static struct kernel_interface *
kernel_interface_find(struct kernel *k, uint32_t ifindex)
{
	for (int n = 0; n < SIM_LINKS; n++) {
		if (k->interfaces[n].ifindex == ifindex && ifindex != 0)
			return &k->interfaces[n];
	}
	return NULL;
}

/* Whether an interface has a carrier, that of its base if it is a macvlan. */
static bool
kernel_runs(const struct kernel *k, const struct kernel_interface *i)
{
	bool runs = i->up && i->carrier;

	for (int n = 0; n < SIM_SEGMENTS && i->kind != 0; n++) {
		if (k->interfaces[n].ifindex == i->lower)
			return runs && k->interfaces[n].up &&
			    k->interfaces[n].carrier;
	}
	return runs && i->kind == 0;
}

/* Appends of what kind a macvlan is, and whose. */
static void
kernel_macvlan_message(struct packer *p, const struct kernel_interface *i)
{
	static const char alias[] = "vrrpd arp_ignore,arp_announce=00";
	uint8_t *info, *data;

	nl_attribute(p, IFLA_LINK, &i->lower, sizeof(i->lower));
	if (i->marked)
		nl_attribute(p, IFLA_IFALIAS, alias, sizeof(alias));
	info = nl_nest(p, IFLA_LINKINFO);
	nl_attribute(p, IFLA_INFO_KIND, "macvlan", sizeof("macvlan"));
	data = nl_nest(p, IFLA_INFO_DATA);
	nl_attribute(p, IFLA_MACVLAN_MODE, &i->mode, sizeof(i->mode));
	nl_nest_end(p, data);
	nl_nest_end(p, info);
}

/* Appends a message about an interface. */
static void
kernel_link_message(struct packer *p, const struct kernel *k,
    const struct kernel_interface *i, uint16_t type, uint32_t seq)
{
	struct ifinfomsg body = { .ifi_type = ARPHRD_ETHERNET,
	    .ifi_index = (int)i->ifindex };
	struct packer message = packer_over(p->at,
	    (size_t)(p->end - p->at));
	uint32_t mtu = 1500;

	body.ifi_flags = IFF_BROADCAST | IFF_MULTICAST | (i->up ? IFF_UP : 0) |
	    (kernel_runs(k, i) ? IFF_RUNNING : 0);
	nl_begin(&message, type, 0, seq);
	packer_bytes(&message, &body, sizeof(body));
	nl_attribute(&message, IFLA_IFNAME, i->name, strlen(i->name) + 1);
	nl_attribute(&message, IFLA_MTU, &mtu, sizeof(mtu));
	nl_attribute(&message, IFLA_ADDRESS, i->mac, sizeof(i->mac));
	if (i->kind != 0)
		kernel_macvlan_message(&message, i);
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

	kernel_link_message(&p, &r->kernel, i, type, 0);
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

/* -- routes and rules -- */

/* Appends a message about a route. */
static void
kernel_route_message(struct packer *p, const struct kernel_route *route,
    uint16_t type, uint32_t seq)
{
	size_t size = ip_size(route->to.family);
	struct rtmsg body = { .rtm_family = route->to.family == 4 ?
	    NL_FAMILY_4 : NL_FAMILY_6, .rtm_dst_len = route->prefix,
	    .rtm_table = (uint8_t)(route->table < 256 ? route->table :
	    RT_TABLE_COMPAT), .rtm_protocol = route->protocol,
	    .rtm_scope = route->scope, .rtm_type = route->type };
	struct packer message = packer_over(p->at,
	    (size_t)(p->end - p->at));

	nl_begin(&message, type, 0, seq);
	packer_bytes(&message, &body, sizeof(body));
	nl_attribute(&message, RTA_TABLE, &route->table, 4);
	if (route->prefix > 0)
		nl_attribute(&message, RTA_DST, route->to.bytes, size);
	if (route->metric != 0)
		nl_attribute(&message, RTA_PRIORITY, &route->metric, 4);
	if (route->from.family != 0)
		nl_attribute(&message, RTA_PREFSRC, route->from.bytes, size);
	if (route->via.family != 0)
		nl_attribute(&message, RTA_GATEWAY, route->via.bytes, size);
	nl_attribute(&message, RTA_OIF, &route->ifindex, 4);
	p->at += nl_finish(&message);
}

/* Appends a message about a rule. */
static void
kernel_rule_message(struct packer *p, const struct kernel_rule *rule,
    uint16_t type, uint32_t seq)
{
	struct fib_rule_hdr body = { .family = rule->from.family == 4 ?
	    NL_FAMILY_4 : NL_FAMILY_6, .src_len = rule->prefix,
	    .table = (uint8_t)(rule->table < 256 ? rule->table :
	    RT_TABLE_COMPAT), .action = rule->action };
	struct packer message = packer_over(p->at,
	    (size_t)(p->end - p->at));
	uint32_t nothing = UINT32_MAX;

	nl_begin(&message, type, 0, seq);
	packer_bytes(&message, &body, sizeof(body));
	nl_attribute(&message, FRA_TABLE, &rule->table, 4);
	nl_attribute(&message, FRA_SUPPRESS_PREFIXLEN, &nothing, 4);
	nl_attribute(&message, FRA_PROTOCOL, &rule->protocol, 1);
	nl_attribute(&message, FRA_PRIORITY, &rule->preference, 4);
	nl_attribute(&message, FRA_SRC, rule->from.bytes,
	    ip_size(rule->from.family));
	p->at += nl_finish(&message);
}

/* Reports a route. */
static void
kernel_tell_route(struct sim *s, struct router *r,
    const struct kernel_route *route, uint16_t type)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));

	kernel_route_message(&p, route, type, 0);
	kernel_report(s, r, bytes, packer_length(&p));
}

/* Reports a rule. */
static void
kernel_tell_rule(struct sim *s, struct router *r,
    const struct kernel_rule *rule, uint16_t type)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));

	kernel_rule_message(&p, rule, type, 0);
	kernel_report(s, r, bytes, packer_length(&p));
}

/* The first route that a request to remove one means: what it says. */
static struct kernel_route *
kernel_route_find(struct kernel *k, const struct kernel_route *one)
{
	for (uint32_t n = 0; n < k->route_count; n++) {
		struct kernel_route *route = &k->routes[n];

		if (ip_equal(&route->to, &one->to) &&
		    route->prefix == one->prefix &&
		    route->table == one->table &&
		    route->metric == one->metric &&
		    route->type == one->type &&
		    route->protocol == one->protocol &&
		    route->ifindex == one->ifindex &&
		    (one->via.family == 0 ||
		    ip_equal(&route->via, &one->via)) &&
		    (one->from.family == 0 ||
		    ip_equal(&route->from, &one->from)))
			return route;
	}
	return NULL;
}

/* The rule that is alike; NULL: there is none. */
static struct kernel_rule *
kernel_rule_find(struct kernel *k, const struct kernel_rule *one)
{
	for (uint32_t n = 0; n < k->rule_count; n++) {
		struct kernel_rule *rule = &k->rules[n];

		if (ip_equal(&rule->from, &one->from) &&
		    rule->prefix == one->prefix &&
		    rule->table == one->table &&
		    rule->preference == one->preference &&
		    rule->action == one->action &&
		    rule->protocol == one->protocol)
			return rule;
	}
	return NULL;
}

/* Takes a route out of the table; IPv4's are not told of by themselves. */
static void
kernel_route_drop(struct sim *s, struct router *r, struct kernel_route *route,
    bool told)
{
	struct kernel *k = &r->kernel;
	struct kernel_route gone = *route;
	uint32_t n = (uint32_t)(route - k->routes);

	k->route_count--;
	memmove(route, route + 1, (k->route_count - n) * sizeof(gone));
	memset(&k->routes[k->route_count], 0, sizeof(gone));
	s->tallies[TALLY_silent] += !told;
	r->compare = true;
	if (told)
		kernel_tell_route(s, r, &gone, RTM_DELROUTE);
}

/*
 * Drops the routes by an interface that is down or gone, or (family 4) without
 * addresses: IPv4's in silence, as Linux does.
 */
static void
kernel_routes_flush(struct sim *s, struct router *r, uint32_t ifindex,
    uint8_t family)
{
	struct kernel *k = &r->kernel;

	for (uint32_t n = k->route_count; n-- > 0;) {
		struct kernel_route *route = &k->routes[n];

		if (route->ifindex == ifindex &&
		    (family == 0 || route->to.family == family))
			kernel_route_drop(s, r, route, route->to.family == 6);
	}
}

/* Takes a rule out of the table. */
static void
kernel_rule_drop(struct sim *s, struct router *r, struct kernel_rule *rule)
{
	struct kernel *k = &r->kernel;
	struct kernel_rule gone = *rule;
	uint32_t n = (uint32_t)(rule - k->rules);

	k->rule_count--;
	memmove(rule, rule + 1, (k->rule_count - n) * sizeof(gone));
	memset(&k->rules[k->rule_count], 0, sizeof(gone));
	kernel_tell_rule(s, r, &gone, RTM_DELRULE);
}

/* Adds a rule: 0, or an errno. */
static int
kernel_rule_add(struct sim *s, struct router *r,
    const struct kernel_rule *rule)
{
	struct kernel *k = &r->kernel;

	if (kernel_rule_find(k, rule) != NULL) {
		tally(s, TALLY_exists);
		return EEXIST;
	}
	if (k->rule_count == KERNEL_RULES)
		return ENOBUFS;
	k->rules[k->rule_count++] = *rule;
	kernel_tell_rule(s, r, rule, RTM_NEWRULE);
	return 0;
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

/* Whether an address is on any interface. */
static bool
kernel_is_local(struct kernel *k, const struct ip *ip)
{
	for (int n = 0; n < SIM_LINKS; n++) {
		if (kernel_address_find(&k->interfaces[n], ip, 0) != NULL)
			return true;
	}
	return false;
}

/* Drops, in silence, the routes whose source went with the last address. */
static void
kernel_routes_orphaned(struct sim *s, struct router *r, const struct ip *ip)
{
	struct kernel *k = &r->kernel;

	for (uint32_t n = k->route_count; n-- > 0;) {
		if (ip_equal(&k->routes[n].from, ip) &&
		    !kernel_is_local(k, ip))
			kernel_route_drop(s, r, &k->routes[n], false);
	}
}

/* Why a route cannot be: its errno, or 0. */
static int
kernel_route_error(struct kernel *k, const struct kernel_route *route)
{
	struct kernel_interface *i = NULL;
	bool near = route->via.family != 4;

	for (int n = 0; n < SIM_SEGMENTS; n++) {
		if (k->interfaces[n].ifindex == route->ifindex)
			i = &k->interfaces[n];
	}
	if (i == NULL || route->ifindex == 0)
		return ENODEV;
	if (!i->up)
		return ENETDOWN;
	if (route->from.family != 0 && !kernel_is_local(k, &route->from))
		return EINVAL;
	for (uint8_t n = 0; n < i->address_count; n++) {
		const struct kernel_address *a = &i->addresses[n];

		near = near || (a->ip.family == 4 && a->prefix == 24 &&
		    memcmp(a->ip.bytes, route->via.bytes, 3) == 0);
	}
	return near ? 0 : ENETUNREACH;
}

/* Adds a route: 0, or an errno. */
static int
kernel_route_add(struct sim *s, struct router *r,
    const struct kernel_route *route)
{
	struct kernel *k = &r->kernel;
	int error = kernel_route_error(k, route);

	if (error != 0) {
		tally(s, TALLY_unroutable);
		return error;
	}
	if (kernel_route_find(k, route) != NULL) {
		tally(s, TALLY_exists);
		return EEXIST;
	}
	if (k->route_count == KERNEL_ROUTES)
		return ENOBUFS;
	k->routes[k->route_count++] = *route;
	kernel_tell_route(s, r, route, RTM_NEWROUTE);
	return 0;
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
	bool left = false;

	i->address_count--;
	memmove(&i->addresses[n], &i->addresses[n + 1],
	    (size_t)(i->address_count - n) * sizeof(gone));
	kernel_tell_address(s, r, i, &gone, RTM_DELADDR);
	kernel_routes_orphaned(s, r, &gone.ip);
	for (uint8_t m = 0; m < i->address_count; m++)
		left = left || i->addresses[m].ip.family == 4;
	if (!left && gone.ip.family == 4)
		kernel_routes_flush(s, r, i->ifindex, 4);
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

/* An address of a message's family, from its attribute; none: family 0. */
static struct ip
kernel_ip(struct cursor *value, uint8_t family)
{
	struct ip ip = { .family = family };
	const uint8_t *bytes = cursor_bytes(value, ip_size(family));

	if (bytes == NULL)
		return (struct ip){ .family = 0 };
	memcpy(ip.bytes, bytes, ip_size(family));
	return ip;
}

/* A request about a route: 0, or an errno. */
static int
kernel_route_request(struct sim *s, struct router *r,
    const struct nl_message *message)
{
	struct cursor c = message->body, value;
	struct rtmsg body;
	struct kernel_route route, *found;
	uint16_t type;

	memcpy(&body, cursor_bytes(&c, sizeof(body)), sizeof(body));
	route = (struct kernel_route){ .prefix = body.rtm_dst_len,
	    .type = body.rtm_type, .scope = body.rtm_scope,
	    .protocol = body.rtm_protocol, .table = body.rtm_table,
	    .to = { .family = body.rtm_family == NL_FAMILY_4 ? 4 : 6 } };
	while (nl_attribute_next(&c, &type, &value)) {
		if (type == RTA_DST)
			route.to = kernel_ip(&value, route.to.family);
		else if (type == RTA_GATEWAY)
			route.via = kernel_ip(&value, route.to.family);
		else if (type == RTA_PREFSRC)
			route.from = kernel_ip(&value, route.to.family);
		else if (type == RTA_TABLE)
			route.table = cursor_u32_native(&value);
		else if (type == RTA_PRIORITY)
			route.metric = cursor_u32_native(&value);
		else if (type == RTA_OIF)
			route.ifindex = cursor_u32_native(&value);
	}
	if (message->type == RTM_NEWROUTE)
		return kernel_route_add(s, r, &route);
	found = kernel_route_find(&r->kernel, &route);
	if (found == NULL)
		return ESRCH;
	kernel_route_drop(s, r, found, true);
	return 0;
}

/* A request about a rule: 0, or an errno. */
static int
kernel_rule_request(struct sim *s, struct router *r,
    const struct nl_message *message)
{
	struct cursor c = message->body, value;
	struct fib_rule_hdr body;
	struct kernel_rule rule, *found;
	uint16_t type;

	memcpy(&body, cursor_bytes(&c, sizeof(body)), sizeof(body));
	rule = (struct kernel_rule){ .prefix = body.src_len,
	    .action = body.action, .table = body.table,
	    .from = { .family = body.family == NL_FAMILY_4 ? 4 : 6 } };
	while (nl_attribute_next(&c, &type, &value)) {
		if (type == FRA_SRC)
			rule.from = kernel_ip(&value, rule.from.family);
		else if (type == FRA_TABLE)
			rule.table = cursor_u32_native(&value);
		else if (type == FRA_PRIORITY)
			rule.preference = cursor_u32_native(&value);
		else if (type == FRA_PROTOCOL)
			rule.protocol = cursor_u8(&value);
	}
	if (message->type == RTM_NEWRULE)
		return kernel_rule_add(s, r, &rule);
	found = kernel_rule_find(&r->kernel, &rule);
	if (found == NULL)
		return ENOENT;
	kernel_rule_drop(s, r, found);
	return 0;
}

/* -- interfaces -- */

/* The addresses that an administrator gives an interface, in time. */
static void
kernel_addresses_come(struct sim *s, struct router *r, uint8_t segment)
{
	happen(s, s->now + chance_span(s, MS_US, SECOND_US),
	    HAPPENS_ADDRESS, r->index, segment, 0);
}

/* What is above an interface may have lost its carrier, or got it. */
static void
kernel_tell_uppers(struct sim *s, struct router *r, uint32_t ifindex)
{
	for (int n = SIM_SEGMENTS; n < SIM_LINKS; n++) {
		struct kernel_interface *i = &r->kernel.interfaces[n];

		if (i->ifindex != 0 && i->lower == ifindex)
			kernel_tell_link(s, r, i, RTM_NEWLINK);
	}
}

/* Sets an interface up or down; IPv6 addresses do not outlive that. */
static void
kernel_admin(struct sim *s, struct router *r, uint8_t segment, bool up)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	if (i->ifindex == 0 || i->up == up)
		return;
	i->up = up;
	if (!up) {
		kernel_routes_flush(s, r, i->ifindex, 0);
		kernel_addresses_flush(s, r, i, 6);
	}
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	kernel_tell_uppers(s, r, i->ifindex);
	if (up && i->kind == 0)
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
	kernel_tell_uppers(s, r, i->ifindex);
}

/* Takes an interface away with all that it had. */
static void
kernel_drop(struct sim *s, struct router *r, struct kernel_interface *i)
{
	if (i->ifindex == 0)
		return;
	if (i->up) {
		i->up = false;
		kernel_routes_flush(s, r, i->ifindex, 0);
		kernel_tell_link(s, r, i, RTM_NEWLINK);
	}
	kernel_addresses_flush(s, r, i, 0);
	kernel_tell_link(s, r, i, RTM_DELLINK);
	i->ifindex = 0;
	i->group_count = 0;
}

/* Deletes an interface, and before it what is above it. */
static void
kernel_delete(struct sim *s, struct router *r, uint8_t segment)
{
	struct kernel_interface *i = &r->kernel.interfaces[segment];

	for (int n = SIM_SEGMENTS; n < SIM_LINKS; n++) {
		if (r->kernel.interfaces[n].lower == i->ifindex)
			kernel_drop(s, r, &r->kernel.interfaces[n]);
	}
	kernel_drop(s, r, i);
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

/* -- requests -- */

/* What a request about a link says; flags only in its head. */
struct link_wish {
	uint32_t	ifindex, flags, change, lower, group, mode;
	char		name[16];
	uint8_t		mac[6];
	bool		has_mac, marked, has_group, macvlan;
};

/* Reads IFLA_LINKINFO of a request. */
static void
link_wish_kind(const struct cursor *value, struct link_wish *wish)
{
	struct cursor kind = nl_attribute_find(value, IFLA_INFO_KIND);
	struct cursor data = nl_attribute_find(value, IFLA_INFO_DATA);
	struct cursor mode = nl_attribute_find(&data, IFLA_MACVLAN_MODE);
	size_t length = cursor_left(&kind);

	wish->macvlan = length == sizeof("macvlan") &&
	    memcmp(cursor_bytes(&kind, length), "macvlan", length) == 0;
	wish->mode = cursor_u32_native(&mode);
}

/* Reads a request about a link. */
static struct link_wish
link_wish_read(const struct nl_message *message)
{
	struct link_wish wish = { .ifindex = 0 };
	struct cursor c = message->body, value;
	struct ifinfomsg head;
	uint16_t type;

	memcpy(&head, cursor_bytes(&c, sizeof(head)), sizeof(head));
	wish.ifindex = (uint32_t)head.ifi_index;
	wish.flags = head.ifi_flags;
	wish.change = head.ifi_change;
	while (nl_attribute_next(&c, &type, &value)) {
		size_t length = cursor_left(&value);

		if (type == IFLA_IFNAME && length <= sizeof(wish.name))
			memcpy(wish.name, cursor_bytes(&value, length),
			    length);
		else if (type == IFLA_LINK)
			wish.lower = cursor_u32_native(&value);
		else if (type == IFLA_GROUP)
			wish.group = cursor_u32_native(&value);
		else if (type == IFLA_ADDRESS && length == 6)
			memcpy(wish.mac, cursor_bytes(&value, 6), 6);
		else if (type == IFLA_LINKINFO)
			link_wish_kind(&value, &wish);
		wish.has_group |= type == IFLA_GROUP;
		wish.has_mac |= type == IFLA_ADDRESS;
		wish.marked |= type == IFLA_IFALIAS;
	}
	return wish;
}

/* Makes a macvlan: 0, or an errno. */
static int
kernel_macvlan(struct sim *s, struct router *r, const struct link_wish *wish)
{
	struct kernel *k = &r->kernel;
	struct kernel_interface *i = NULL;
	uint32_t v = (uint32_t)(wish->name[5] - '0');

	if (kernel_interface_find(k, wish->lower) == NULL)
		return ENODEV;
	if (!wish->macvlan || v >= s->vr_count)
		broken(s, r, "link %s that nobody has configured", wish->name);
	i = &k->interfaces[SIM_SEGMENTS + v];
	if (i->ifindex != 0) {
		tally(s, TALLY_exists);
		return EEXIST;
	}
	*i = (struct kernel_interface){ .ifindex = k->next_ifindex++,
	    .carrier = true, .kind = LINK_MACVLAN, .lower = wish->lower,
	    .mode = wish->mode };
	memcpy(i->name, wish->name, sizeof(i->name));
	memcpy(i->mac, wish->mac, sizeof(i->mac));
	kernel_tell_link(s, r, i, RTM_NEWLINK);
	return 0;
}

/* Deletes one link, or all of a group: 0, or an errno. */
static int
kernel_link_remove(struct sim *s, struct router *r,
    const struct link_wish *wish, struct kernel_interface *i)
{
	if (i != NULL && i->kind == 0)
		broken(s, r, "%s is to be deleted", i->name);
	if (i != NULL)
		kernel_drop(s, r, i);
	for (int n = SIM_SEGMENTS; n < SIM_LINKS && i == NULL &&
	    wish->has_group; n++) {
		if (r->kernel.interfaces[n].group == wish->group)
			kernel_drop(s, r, &r->kernel.interfaces[n]);
	}
	return i != NULL || wish->has_group ? 0 : ENODEV;
}

/* A request about a link: 0, or an errno. */
static int
kernel_link_request(struct sim *s, struct router *r,
    const struct nl_message *message)
{
	struct link_wish wish = link_wish_read(message);
	struct kernel_interface *i = kernel_interface_find(&r->kernel,
	    wish.ifindex);

	if (message->type == RTM_NEWLINK && (message->flags & NLM_F_CREATE))
		return kernel_macvlan(s, r, &wish);
	for (int n = 0; n < SIM_LINKS && wish.ifindex == 0; n++) {
		if (r->kernel.interfaces[n].ifindex != 0 && strncmp(
		    r->kernel.interfaces[n].name, wish.name, 16) == 0)
			i = &r->kernel.interfaces[n];
	}
	if (message->type == RTM_DELLINK)
		return kernel_link_remove(s, r, &wish, i);
	if (i == NULL)
		return ENODEV;
	i->marked |= wish.marked;
	if (wish.has_group)
		i->group = wish.group;
	if (wish.has_mac)
		memcpy(i->mac, wish.mac, sizeof(i->mac));
	if (wish.change & IFF_UP)
		kernel_admin(s, r, (uint8_t)(i - r->kernel.interfaces),
		    (wish.flags & IFF_UP) != 0);
	else
		kernel_tell_link(s, r, i, RTM_NEWLINK);
	return 0;
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
	struct kernel_interface *i;

	if (!nl_next(&c, &message))
		broken(s, r, "request that cannot be read");
	if (r->kernel.refuses != 0) {
		tally(s, TALLY_refused);
		return r->kernel.refuses;
	}
	if (message.type == RTM_NEWROUTE || message.type == RTM_DELROUTE)
		return kernel_route_request(s, r, &message);
	if (message.type == RTM_NEWLINK || message.type == RTM_DELLINK)
		return kernel_link_request(s, r, &message);
	if (message.type == RTM_NEWRULE || message.type == RTM_DELRULE)
		return kernel_rule_request(s, r, &message);
	if (!nl_address_parse(&message, &news))
		broken(s, r, "request that cannot be read");
	i = kernel_interface_find(&r->kernel, news.ifindex);
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

/* -- the listening socket -- */

/* Appends the n-th part of a dump; false: there is none any more. */
static bool
kernel_dump_part(const struct kernel *k, uint32_t n, struct packer *p)
{
	uint32_t seq = k->dump_seq, from = n * KERNEL_PART;

	if (k->dump_type == RTM_GETLINK) {
		for (uint32_t i = 0; n == 0 && i < SIM_LINKS; i++) {
			if (k->interfaces[i].ifindex != 0)
				kernel_link_message(p, k, &k->interfaces[i],
				    RTM_NEWLINK, seq);
		}
		return n == 0;
	}
	if (k->dump_type == RTM_GETADDR) {
		for (uint32_t i = 0; n < SIM_LINKS &&
		    i < k->interfaces[n].address_count; i++)
			kernel_address_message(p, k, &k->interfaces[n],
			    &k->interfaces[n].addresses[i], RTM_NEWADDR, seq);
		return n < SIM_LINKS;
	}
	for (uint32_t i = from; k->dump_type == RTM_GETROUTE &&
	    i < k->route_count && i < from + KERNEL_PART; i++)
		kernel_route_message(p, &k->routes[i], RTM_NEWROUTE, seq);
	for (uint32_t i = from; k->dump_type == RTM_GETRULE &&
	    i < k->rule_count && i < from + KERNEL_PART; i++)
		kernel_rule_message(p, &k->rules[i], RTM_NEWRULE, seq);
	return p->at > p->start;
}

/*
 * Makes the next datagram of a dump: the links in one, the addresses in one of
 * each interface, some routes or rules, and the end.  A change in between marks
 * what follows.
 */
static void
kernel_dump_step(struct router *r)
{
	struct kernel *k = &r->kernel;
	struct packer p = packer_over(kernel_queue_slot(k), KERNEL_DATAGRAM);
	uint16_t interrupted = k->changes == k->dump_changes ? 0 :
	    NLM_F_DUMP_INTR;
	static const uint32_t zero;

	sim_running->tallies[TALLY_interrupted] += interrupted != 0;
	if (!kernel_dump_part(k, k->dump_at++, &p)) {
		struct packer message = p;

		nl_begin(&message, NLMSG_DONE, interrupted, k->dump_seq);
		packer_bytes(&message, &zero, sizeof(zero));
		p.at += nl_finish(&message);
		k->dump_type = 0;
	}
	if (p.failed)
		broken(sim_running, r, "a dump does not fit");
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

/* What stands for send: the request for a dump, or a batch for a firewall. */
static ssize_t
sim_send(int fd, const void *bytes, size_t length, int flags)
{
	struct kernel *k = &sim_router->kernel;
	struct cursor c = cursor_over(bytes, length);
	struct nl_message message;

	(void)flags;
	if (fd == SIM_FIREWALL)
		return firewall_take(sim_running, sim_router, bytes, length);
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
	for (int n = 0; n < SIM_LINKS; n++)
		k->interfaces[n].group_count = 0;
}
