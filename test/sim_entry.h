/* SPDX-License-Identifier: ISC */
/*
 * Routes and rules that configurations have: as a kernel holds them, and as the
 * bodies of requests that the parser makes.  The statics stand behind those of
 * the virtual routers, as if they were those of one more.
 */

#define ENTRY_ROUTES	2	/* of SIM_ENTRIES; the rest are rules */
#define ENTRY_STATIC	SIM_VRS

/* The segment and the family of what has entries. */
static uint8_t
entry_segment(const struct sim *s, uint32_t v)
{
	return v == ENTRY_STATIC ? 0 : s->vrs[v].segment;
}

static uint8_t
entry_version(const struct sim *s, uint32_t v)
{
	return v == ENTRY_STATIC ? 4 : s->vrs[v].family;
}

/* How many routes it has. */
static uint32_t
entry_routes(uint32_t v)
{
	return v == ENTRY_STATIC ? 1 : ENTRY_ROUTES;
}

/* A network that is no other's. */
static struct ip
entry_network(uint8_t family, uint8_t first, uint32_t v)
{
	struct ip ip = { .family = family };

	if (family == 4) {
		ip.bytes[0] = first;
		ip.bytes[1] = 16;
		ip.bytes[2] = (uint8_t)v;
	} else {
		ip.bytes[0] = 0x20;
		ip.bytes[1] = 1;
		ip.bytes[3] = first;
		ip.bytes[5] = (uint8_t)v;
	}
	return ip;
}

/*
 * The n-th route: to a network, over IPv4 from the virtual address; then a
 * default one in a table of its own.
 */
static struct kernel_route
entry_route(const struct sim *s, uint32_t v, uint32_t n, uint32_t ifindex)
{
	uint8_t family = entry_version(s, v);
	struct kernel_route route = { .to = entry_network(family, 172, v),
	    .prefix = family == 4 ? 24 : 48, .type = RTN_UNICAST,
	    .scope = family == 4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
	    .protocol = KEEPALIVED_PROTOCOL, .table = RT_TABLE_MAIN,
	    .metric = family == 4 ? 0 : 1024, .ifindex = ifindex };

	if (n == 0 && v != ENTRY_STATIC && family == 4)
		route.from = virtual_address(s, v, 0);
	if (n == 0)
		return route;
	route.to = (struct ip){ .family = family };
	route.prefix = 0;
	route.scope = RT_SCOPE_UNIVERSE;
	route.via = router_address(family, entry_segment(s, v),
	    SIM_ROUTERS - 1);
	route.table = 1000 + v;
	return route;
}

/* The rule that leads to that table. */
static struct kernel_rule
entry_rule(const struct sim *s, uint32_t v)
{
	uint8_t family = entry_version(s, v);

	return (struct kernel_rule){ .from = entry_network(family, 192, v),
	    .prefix = family == 4 ? 24 : 48, .action = FR_ACT_TO_TBL,
	    .protocol = KEEPALIVED_PROTOCOL, .table = 1000 + v,
	    .preference = 500 + v };
}

/* The static address of a router; no advertisement leaves from it. */
static struct ip
static_ip(const struct router *r)
{
	struct ip ip = entry_network(6, 1, ENTRY_STATIC);

	ip.bytes[15] = (uint8_t)(r->index + 1);
	return ip;
}

/* The body of the request that adds a route; in ifindex: 1 + an index. */
static void
route_body(struct packer *p, const struct kernel_route *route)
{
	size_t size = ip_size(route->to.family);
	struct rtmsg body = { .rtm_family = route->to.family == 4 ?
	    NL_FAMILY_4 : NL_FAMILY_6, .rtm_dst_len = route->prefix,
	    .rtm_table = (uint8_t)(route->table < 256 ? route->table : 0),
	    .rtm_protocol = route->protocol, .rtm_scope = route->scope,
	    .rtm_type = route->type };

	packer_bytes(p, &body, sizeof(body));
	if (route->prefix > 0)
		nl_attribute(p, RTA_DST, route->to.bytes, size);
	if (route->via.family != 0)
		nl_attribute(p, RTA_GATEWAY, route->via.bytes, size);
	if (route->from.family != 0)
		nl_attribute(p, RTA_PREFSRC, route->from.bytes, size);
	nl_attribute(p, RTA_TABLE, &route->table, 4);
	if (route->metric != 0)
		nl_attribute(p, RTA_PRIORITY, &route->metric, 4);
	nl_attribute(p, RTA_OIF, &route->ifindex, 4);
}

/* The same of a rule. */
static void
rule_body(struct packer *p, const struct kernel_rule *rule)
{
	struct fib_rule_hdr body = { .family = rule->from.family == 4 ?
	    NL_FAMILY_4 : NL_FAMILY_6, .src_len = rule->prefix,
	    .action = rule->action };

	packer_bytes(p, &body, sizeof(body));
	nl_attribute(p, FRA_SRC, rule->from.bytes,
	    ip_size(rule->from.family));
	nl_attribute(p, FRA_PROTOCOL, &rule->protocol, 1);
	nl_attribute(p, FRA_TABLE, &rule->table, 4);
	nl_attribute(p, FRA_PRIORITY, &rule->preference, 4);
}

/* Which entries the kernel of a router has, a bit each; *can: could have. */
static uint32_t
entries_held(const struct sim *s, struct router *r, uint32_t v, uint32_t *can)
{
	struct kernel *k = &r->kernel;
	uint32_t ifindex = k->interfaces[entry_segment(s, v)].ifindex;
	uint32_t held = 0, count = entry_routes(v);
	struct kernel_rule rule = entry_rule(s, v);

	*can = 1U << count;
	for (uint32_t n = 0; n < count; n++) {
		struct kernel_route route = entry_route(s, v, n, ifindex);

		if (kernel_route_find(k, &route) != NULL)
			held |= 1U << n;
		if (kernel_route_error(k, &route) == 0)
			*can |= 1U << n;
	}
	if (kernel_rule_find(k, &rule) != NULL)
		held |= 1U << count;
	return held;
}

/* Removes all entries from the kernel, as an administrator does. */
static void
entries_flush(struct sim *s, struct router *r, uint32_t v)
{
	struct kernel *k = &r->kernel;
	uint32_t ifindex = k->interfaces[entry_segment(s, v)].ifindex;
	struct kernel_rule rule = entry_rule(s, v), *found;

	for (uint32_t n = 0; n < entry_routes(v); n++) {
		struct kernel_route route = entry_route(s, v, n, ifindex);
		struct kernel_route *has = kernel_route_find(k, &route);

		if (has != NULL)
			kernel_route_drop(s, r, has, true);
	}
	found = kernel_rule_find(k, &rule);
	if (found != NULL)
		kernel_rule_drop(s, r, found);
}
