/* SPDX-License-Identifier: ISC */
/*
 * Datagrams of the netlink socket: each is read by the parsers alone, and then
 * by a daemon, in the midst of a dump or after it.  The kernel sends them, but
 * other processes can too (T14), and a lost one must not end in a loop.
 *
 * An input is bytes of 0 to 7 for what is between datagrams and others for how
 * a datagram begins: with a header made from what follows, or without.
 */
#include "fuzz_lab.h"

#define NETLINK_END	(1100 * SECOND_US)	/* no input waits beyond */

static const char netlink_text[] =
    "vrrp_instance a {\n interface eth0\n virtual_router_id 1\n use_vmac\n"
    " promote_secondaries\n"
    " virtual_ipaddress {\n 10.0.0.1/24\n 10.0.1.2/24 dev eth1\n }\n"
    " virtual_routes {\n 10.9.0.0/16 via 10.0.0.9 dev eth0\n"
    " 10.8.0.0/16 nexthop via 10.0.0.9 dev eth1 nexthop via 10.0.0.8\n"
    " 2001:db8::/48 dev eth1\n }\n"
    " virtual_rules {\n from 10.9.0.0/16 table 9 preference 9\n }\n"
    " track_interface {\n eth1\n }\n}\n"
    "vrrp_instance b {\n interface eth1\n virtual_router_id 2\n version 3\n"
    " priority 255\n use_vmac\n virtual_ipaddress {\n fe80::1/64\n }\n}\n"
    "vrrp_instance c {\n virtual_router_id 3\n interface eth2\n version 3\n"
    " unicast_src_ip 10.0.0.50\n track_src_ip\n"
    " unicast_peer {\n 10.0.0.9\n }\n"
    " virtual_ipaddress {\n 10.0.0.3/24 no_track\n }\n}\n";

/* Reads a datagram as every reader of it does; it comes to an end. */
static void
netlink_parse(const uint8_t *bytes, size_t length)
{
	struct cursor datagram = cursor_over(bytes, length);
	struct nl_message message, copy;
	struct nl_address address;
	struct nl_link link;
	size_t before = length;

	while (nl_next(&datagram, &message)) {
		FUZZ_CHECK(cursor_left(&datagram) + 16 <= before);
		before = cursor_left(&datagram);
		FUZZ_CHECK(message.body.at >= bytes &&
		    message.body.end <= bytes + length);
		copy = message;
		if (nl_link_parse(&copy, &link))
			FUZZ_CHECK(memchr(link.name, 0, 16) != NULL);
		copy = message;
		if (nl_address_parse(&copy, &address))
			FUZZ_CHECK(address.ip.family == 4 ||
			    address.ip.family == 6);
		copy = message;
		FUZZ_CHECK(nl_error_parse(&copy) >= -1);
		FUZZ_CHECK(nl_error_parse(&copy) <= NL_ERROR_MAX);
	}
}

/*
 * A datagram: `how` says which header it gets, and how long its bytes think
 * that they are; without one they are a datagram as they stand.
 */
static void
netlink_datagram(struct lab *l, struct cursor *input, uint8_t how)
{
	static const uint16_t types[] = { RTM_NEWLINK, RTM_DELLINK,
	    RTM_NEWADDR, RTM_DELADDR, NLMSG_ERROR, NLMSG_DONE, RTM_NEWROUTE,
	    RTM_DELROUTE, RTM_NEWRULE, RTM_DELRULE };
	struct event event = { .kind = EVENT_NETLINK };
	struct packer p;
	size_t n;
	uint8_t whole[512], *bytes = fuzz_take(input, cursor_u8(input), &n);

	p = packer_over(whole, sizeof(whole));
	if (how & 1)
		nl_begin(&p, types[(how >> 2) % COUNT_OF(types)], 0, how);
	packer_bytes(&p, bytes, n);
	if (how & 1)
		nl_finish(&p);
	if (how & 2 && how & 1)
		whole[0] = (uint8_t)(whole[0] + (int8_t)cursor_u8(input));
	free(bytes);
	bytes = fuzz_copy(whole, packer_length(&p));
	if (packer_length(&p) > 0) {
		netlink_parse(bytes, packer_length(&p));
		lab_feed_bytes(l, event, bytes, packer_length(&p));
	}
	free(bytes);
}

/* What comes between datagrams. */
static void
netlink_between(struct lab *l, struct cursor *input, uint8_t what)
{
	struct event lost = { .kind = EVENT_NETLINK_LOST };
	struct event error = { .kind = EVENT_NETLINK_ERROR };

	switch (what) {
	case 0:
	case 1:
	case 2:
		lab_mark(l, (enum dump_mark)(DUMP_LINKS + what));
		break;
	case 3:
		lab_feed(l, &lost);
		break;
	case 4:
		error.index = cursor_u8(input);
		error.value = cursor_u8(input);
		if (error.index & 0x80)		/* about a link of ours */
			error.index += LINK_NUMBER - 0x80;
		lab_feed(l, &error);
		break;
	case 5:
		lab_dump(l);
		break;
	default:
		lab_wait(l, cursor_u8(input) * (what == 6 ? 100 : 4000) *
		    MS_US, NETLINK_END);
	}
}

static void
fuzz_netlink(const uint8_t *bytes, size_t length)
{
	static struct fuzz_conf fc;
	static struct lab_saved saved;
	static struct lab l;
	struct cursor input = cursor_over(bytes, length);

	if (fc.conf == NULL)
		fuzz_good_text(&fc, netlink_text);
	netlink_parse(bytes, length);
	if (saved.lab == NULL) {
		lab_start(&l, fc.conf, 1000 * SECOND_US);
		lab_save(&saved, &l);
	}
	lab_restore(&l, &saved);
	while (cursor_left(&input) > 0) {
		uint8_t how = cursor_u8(&input);

		if (how < 8)
			netlink_between(&l, &input, how);
		else
			netlink_datagram(&l, &input, how);
	}
	lab_run(&l, 5 * SECOND_US);
	lab_stop(&l);
}

FUZZER(netlink)
