/* SPDX-License-Identifier: ISC */
/*
 * The three dumps of Status from a daemon made by hand, text for text, so that
 * no heading, key, order or type that others read can change unseen (C-161,
 * C-162).  `status json` prints the JSON of version 2 for a parser to judge.
 */
#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

#define NOW	(7 * SECOND_US)
#define WALL	((int64_t)1700000000 * SECOND_US)

static char out[65536], small[37], collected[65536];
static size_t collected_length;

static const struct conf_interface interfaces[] = {
	{ .name = "eth0" }, { .name = "eth1" }, { .name = "eth2" },
};
static const char *const check_argv[] = { "/bin/pidof", "ha\"proxy", NULL };
static const char *const notify_argv[] = { "/etc/n.sh", "a b", NULL };
static const struct conf_command commands[] = {
	{ .argv = check_argv, .path = "/bin/pidof" },
	{ .argv = notify_argv, .why = "No such file or directory",
	    .uid = 65534, .gid = 65533 },
};
static const struct conf_script scripts[] = {
	{ .name = "chk", .command = 0, .weight = -20, .interval_us = 2500000,
	    .timeout_us = 1000000, .rise = 2, .fall = 3, .used = true },
	{ .name = "new", .command = 0, .reverse = true, .weight = 4,
	    .interval_us = 1000000, .rise = 1, .fall = 1, .used = true },
};
static const struct conf_file files[] = {
	{ .name = "load", .path = "/run/load", .weight = 1, .used = true },
};
static const struct conf_address_more more_a = { .label = "eth0:1",
	.broadcast = { { 10, 0, 0, 255 }, 4 } };
static const struct conf_address_more more_b = {
	.peer = { { 10, 9, 9, 9 }, 4 }, .peer_prefix = 30 };
static const struct conf_address addresses_a[] = {
	{ .ip = { { 10, 0, 0, 3 }, 4 }, .prefix = 24, .more = &more_a,
	    .flags = ADDRESS_BROADCAST },
	{ .ip = { { 10, 9, 9, 8 }, 4 }, .prefix = 32, .more = &more_b,
	    .interface = 1, .scope = 253, .flags = ADDRESS_PEER |
	    ADDRESS_NO_TRACK | ADDRESS_NOPREFIXROUTE },
	{ .ip = { { 0x20, 1, 0x0d, 0xb8, [15] = 9 }, 6 }, .prefix = 64,
	    .preferred_s = UINT32_MAX, .flags = ADDRESS_DAD },
};
static const struct conf_address addresses_b[] = {
	{ .ip = { { 0xfe, 0x80, [15] = 1 }, 6 }, .prefix = 64,
	    .preferred_s = 30, .scope = 77, .interface = 1 },
	{ .ip = { { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 6 }, .prefix = 128,
	    .interface = 1 },
};
static const struct conf_address addresses_c[] = {
	{ .ip = { { 10, 1, 0, 1 }, 4 }, .prefix = 24, .interface = 2,
	    .flags = ADDRESS_BROADCAST_ONES },
};
static const struct conf_peer peers[] = {
	{ { { 0xfd, [15] = 2 }, 6 }, 254, 255 },
};
static const struct conf_track tracks[] = {
	{ 1, -10, TRACK_INTERFACE, false }, { 0, -20, TRACK_SCRIPT, false },
	{ 1, 4, TRACK_SCRIPT, true }, { 0, 0, TRACK_FILE, false },
};
static const struct conf_notify notify = { { [NOTIFY_MASTER] = 1,
	[NOTIFY_BACKUP] = NONE, [NOTIFY_FAULT] = NONE, [NOTIFY_STOP] = NONE,
	[NOTIFY_ANY] = 0, [NOTIFY_MASTER_RX_LOWER_PRI] = NONE,
	[NOTIFY_DELETED] = NONE } };
static const uint16_t members[] = { 0, 1 };
static const struct conf_group conf_groups[] = {
	{ .name = "G", .members = members, .member_count = 2,
	    .notify = &notify },
};
static const struct conf_vr conf_vrs[] = {
	{ .name = "VI_1", .addresses = addresses_a, .address_count = 2,
	    .excluded_count = 1, .tracks = tracks, .track_count = 4,
	    .notify = &notify, .interval_us = 1000000,
	    .preempt_delay_us = 1500000, .garp_delay_us = 5000000,
	    .garp_refresh_us = 60000000, .garp_lower_prio_delay_us = 4000000,
	    .garp_repeat = 5, .garp_refresh_repeat = 1,
	    .garp_lower_prio_repeat = 3, .group = 0, .family = 4,
	    .version = 2, .vrid = 51, .priority = 150, .accept = true,
	    .down_timer_adverts = 3, .auth_type = AUTH_PASS,
	    .auth_pass = "secret", .destination = { { 224, 0, 0, 18 }, 4 } },
	{ .name = "a/\"b\\\x01\xc3\xa4\xff", .addresses = addresses_b,
	    .address_count = 2, .peers = peers, .peer_count = 1,
	    .interval_us = 500000, .group = 0, .family = 6, .version = 3,
	    .vrid = 52, .priority = 100, .interface = 1, .unicast = true,
	    .down_timer_adverts = 3, .source = { { 0xfd, [15] = 1 }, 6 },
	    .no_preempt = true, .strict = true, .dont_track_primary = true,
	    .skip_check_advert_addresses = true, .notify_deleted = true,
	    .lower_prio_no_advert = true, .higher_prio_send_advert = true,
	    .check_unicast_source = true },
	{ .name = "gone", .addresses = addresses_c, .address_count = 1,
	    .interval_us = 1000000, .group = NONE, .family = 4, .version = 3,
	    .vrid = 7, .priority = 100, .interface = NONE,
	    .down_timer_adverts = 3 },
};
static struct conf conf = {
	.global = { .router_id = "r1", .group4 = { { 224, 0, 0, 18 }, 4 },
	    .group6 = { { 0xff, 2, [15] = 0x12 }, 6 }, .json_version = 1 },
	.interfaces = interfaces, .commands = commands, .scripts = scripts,
	.files = files, .groups = conf_groups, .vrs = conf_vrs,
	.interface_count = 3, .command_count = 2, .script_count = 2,
	.file_count = 1, .group_count = 1, .vr_count = 3, .errors = 2,
};

static struct vip vips[6];
static struct sync_group groups[1] = { { .told = VR_MASTER } };
static struct script script_states[2] = {
	{ .result = 4, .status = CHECK_GOOD },
	{ .status = CHECK_PENDING, .token = 9, .timed_out = true },
};
static struct file_state file_states[1] = { { -3, true } };
static struct interface interface_states[3] = {
	{ .ifindex = 2, .flags = IFF_UP | IFF_RUNNING, .mtu = 1500,
	    .mac = { 2, 0, 0, 0, 0xab, 1 }, .known = true },
	{ .ifindex = 3, .flags = IFF_UP, .mtu = 9000, .known = true },
	{ .known = true },
};
static struct vr vrs[3];
static uint32_t counts[3 * COUNTER_KINDS];
static struct daemon d = {
	.conf = &conf, .vrs = vrs, .counts = counts,
	.groups = groups, .scripts = script_states,
	.files = file_states, .interfaces = interface_states, .vips = vips,
	.counters = { 1, 2, 3, 4, 5, 6, 7, { 0 } },
};

/* Sets the counters of as many virtual routers as the configuration has. */
static void
count(void)
{
	for (uint32_t i = 0; i < conf.vr_count; i++) {
		for (unsigned n = 0; n < COUNTER_KINDS; n++)
			*counter_of(&d, &vrs[i], n) = 1000 * (i + 1) + n;
	}
}

/* The state behind the configuration above: MASTER, BACKUP and FAULT. */
static void
make(void)
{
	for (uint32_t i = 0, vip = 0; i < COUNT_OF(vrs); i++) {
		vrs[i].conf = &conf_vrs[i];
		vrs[i].first_vip = vip;
		vip += (uint32_t)conf_vrs[i].address_count +
		    conf_vrs[i].excluded_count;
		vrs[i].linger_until = NEVER;
		vrs[i].machine = (struct machine){ .timer = NEVER,
		    .interval_us = conf_vrs[i].interval_us,
		    .active_interval_us = conf_vrs[i].interval_us,
		    .version = conf_vrs[i].version,
		    .priority = conf_vrs[i].priority, .down_adverts = 3 };
	}
	count();
	vrs[0].machine.state = MACHINE_ACTIVE;
	vrs[0].machine.timer = NOW + 250000;
	vrs[0].machine.priority = 154;
	vrs[0].wanted = true;
	vrs[0].changed_at = 2 * SECOND_US + 50;
	vrs[0].active_priority = 99;
	vrs[0].source = (struct ip){ { 10, 0, 0, 1 }, 4 };
	vips[0].state = vips[1].state = vips[2].state = VIP_PRESENT;
	vrs[1].machine.state = MACHINE_BACKUP;
	vrs[1].machine.timer = NOW + SECOND_US;
	vrs[1].machine.active_interval_us = 250000;
	vrs[1].wants_active = true;
	vrs[1].linger_until = NOW + 20 * MS_US;
	vrs[1].active = (struct ip){ { 0xfd, [15] = 2 }, 6 };
	vrs[1].active_priority = 200;
	vrs[1].source = conf_vrs[1].source;
	vips[3].state = VIP_PRESENT;
	vips[4].state = VIP_REFUSED;
	vrs[2].machine.state = MACHINE_INITIALIZE;
	vrs[2].faults = FAULT_INTERFACE_ABSENT | FAULT_NO_ADDRESS;
	vrs[2].machine.active_interval_us = 1000000;
}

/* One dump into `out`: 's'tatistics, 'j'son, 'd'ata. */
static const char *
dump(char which)
{
	struct text t = text_over(out, sizeof(out));

	if (which == 's')
		status_stats(&t, &d);
	else if (which == 'j')
		status_json(&t, &d, WALL);
	else
		status_data(&t, &d, NOW, WALL);
	CHECK(!t.truncated);
	return text_end(&t);
}

/* The statistics text of one instance, exactly. */
static void
test_stats(void)
{
	static const char want[] =
	    "VRRP Instance: VI_1\n"
	    "  Advertisements:\n"
	    "    Received: 1000\n"
	    "    Sent: 1001\n"
	    "  Became master: 1002\n"
	    "  Released master: 1003\n"
	    "  Packet Errors:\n"
	    "    Length: 1011\n"
	    "    TTL: 1015\n"
	    "    Invalid Type: 1017\n"
	    "    Advertisement Interval: 1026\n"
	    "    Address List: 1032\n"
	    "  Authentication Errors:\n"
	    "    Invalid Type: 1023\n"
	    "    Type Mismatch: 1012\n"
	    "    Failure: 1024\n"
	    "  Authentication Extension Errors:\n"
	    "    Missing: 1019\n"
	    "    Malformed: 1020\n"
	    "    Unknown Key: 1021\n"
	    "    Invalid HMAC: 1022\n"
	    "    Stale: 1028\n"
	    "    Replay: 1029\n"
	    "  Priority Zero:\n"
	    "    Received: 1004\n"
	    "    Sent: 1005\n";

	conf.vr_count = 1;
	count();
	CHECK_STR(dump('s'), want);
	conf.vr_count = 3;
	count();
}

static const char stats_json[] = "\"stats\":{"
    "\"advert_rcvd\":1000,\"advert_sent\":1001,\"become_master\":1002,"
    "\"release_master\":1003,\"packet_len_err\":1011,"
    "\"advert_interval_err\":1026,\"ip_ttl_err\":1015,"
    "\"invalid_type_rcvd\":1017,\"addr_list_err\":1032,"
    "\"invalid_authtype\":1023,\"authtype_mismatch\":1012,"
    "\"auth_failure\":1024,\"auth_ext_missing\":1019,"
    "\"auth_ext_malformed\":1020,\"auth_ext_unknown_key\":1021,"
    "\"auth_ext_invalid_hmac\":1022,\"auth_ext_stale\":1028,"
    "\"auth_ext_replay\":1029,\"pri_zero_rcvd\":1004,"
    "\"pri_zero_sent\":1005}";

static const char first_json[] = "[{\"data\":{\"iname\":\"VI_1\","
    "\"dont_track_primary\":0,\"skip_check_adv_addr\":0,\"strict_mode\":0,"
    "\"vmac_ifname\":\"\",\"ifp_ifname\":\"eth0\",\"master_priority\":0,"
    "\"last_transition\":1700000002.000050,\"garp_delay\":5,"
    "\"garp_refresh\":60,\"garp_rep\":5,\"garp_refresh_rep\":1,"
    "\"garp_lower_prio_delay\":4,\"garp_lower_prio_rep\":3,"
    "\"lower_prio_no_advert\":0,\"higher_prio_send_advert\":0,\"vrid\":51,"
    "\"base_priority\":150,\"effective_priority\":154,\"vipset\":true,"
    "\"promote_secondaries\":false,\"adver_int\":1,\"master_adver_int\":1,"
    "\"accept\":1,\"nopreempt\":false,\"preempt_delay\":1.5,\"state\":2,"
    "\"wantstate\":2,\"version\":2,\"smtp_alert\":false,"
    "\"notify_deleted\":false,\"script_master\":\"'\\/etc\\/n.sh' 'a b'\","
    "\"script\":\"'\\/bin\\/pidof' 'ha\\\"proxy'\",\"vips\":["
    "\"10.0.0.3\\/24 brd 10.0.0.255 dev eth0 scope global label eth0:1 "
    "set\",\"10.9.9.8 peer 10.9.9.9\\/30 dev eth1 scope link noprefixroute "
    "no_track set\"],\"evips\":[\"2001:db8::9\\/64 dev eth0 scope global "
    "-nodad preferred_lft forever set\"],\"track_ifp\":[\"eth1\"],"
    "\"track_script\":[\"'\\/bin\\/pidof' 'ha\\\"proxy'\","
    "\"'\\/bin\\/pidof' 'ha\\\"proxy'\"],\"auth_type\":1,"
    "\"auth_data\":\"********\"},";

static const char second_json[] = ",{\"data\":{"
    "\"iname\":\"a\\/\\\"b\\\\\\u0001\xc3\xa4\\ufffd\","
    "\"dont_track_primary\":1,\"skip_check_adv_addr\":1,\"strict_mode\":1,"
    "\"vmac_ifname\":\"\",\"ifp_ifname\":\"eth1\",\"master_priority\":200,"
    "\"last_transition\":1700000000.000000,\"garp_delay\":0,"
    "\"garp_refresh\":0,\"garp_rep\":0,\"garp_refresh_rep\":0,"
    "\"garp_lower_prio_delay\":0,\"garp_lower_prio_rep\":0,"
    "\"lower_prio_no_advert\":1,\"higher_prio_send_advert\":1,\"vrid\":52,"
    "\"base_priority\":100,\"effective_priority\":100,\"vipset\":false,"
    "\"promote_secondaries\":false,\"adver_int\":0.5,"
    "\"master_adver_int\":0.25,\"accept\":0,\"nopreempt\":true,"
    "\"preempt_delay\":0,\"state\":1,\"wantstate\":2,\"version\":3,"
    "\"smtp_alert\":false,\"notify_deleted\":true,\"vips\":["
    "\"fe80::1\\/64 dev eth1 scope 77 preferred_lft 30 set\","
    "\"2001:db8::1 dev eth1 scope global deprecated\"],\"auth_type\":0},";

/* JSON of both versions: keys, order, types, escapes; empty without any. */
static void
test_json(void)
{
	const char *json = dump('j'), *at;

	CHECK(strncmp(json, first_json, strlen(first_json)) == 0);
	at = json + strlen(first_json);
	CHECK(strncmp(at, stats_json, strlen(stats_json)) == 0);
	at += strlen(stats_json) + 1;
	CHECK(strncmp(at, second_json, strlen(second_json)) == 0);
	CHECK(strstr(at, "\"iname\":\"gone\"") != NULL);
	CHECK(strstr(at, "\"vmac_ifname\":\"\",\"master_priority\":0") != NULL);
	CHECK(strstr(at, "\"state\":3,\"wantstate\":3") != NULL);
	CHECK(strcmp(json + strlen(json) - 4, "}}]\n") == 0);
	CHECK(strstr(json, "secret") == NULL);

	conf.global.json_version = 2;
	json = dump('j');
	CHECK(strncmp(json, "{\"vrrp\":[{\"data\":{\"iname\":", 25) == 0);
	CHECK(strstr(json, "}}],\"track_process\":[]}\n") != NULL);
	conf.vr_count = 0;
	CHECK_STR(dump('j'), "");
	conf.global.json_version = 1;
	CHECK_STR(dump('j'), "");
	conf.vr_count = 3;
}

static const char data_head[] =
    "------< Global definitions >------\n"
    " Version = vrrpd " VRRPD_VERSION "\n"
    " Network namespace = (default)\n"
    " Router ID = r1\n"
    " VRRP IPv4 mcast group = 224.0.0.18\n"
    " VRRP IPv6 mcast group = ff02::12\n"
    " Script security disabled\n"
    " Configuration lines not taken = 2\n"
    " Last reload = good\n"
    "------< VRRP Topology >------\n"
    " VRRP Instance = VI_1\n"
    "   VRRP Version = 2\n"
    "   Sync group = G\n"
    "   State = MASTER\n"
    "   Wantstate = MASTER\n"
    "   Faults = none\n"
    "   Last transition = 1700000002.000050 (4.99995 s ago)\n"
    "   Read timeout = 1700000007.250000 (in 0.25 s)\n"
    "   Master down timer = 3398437 usecs\n"
    "   Interface = eth0\n"
    "   Using src_ip = 10.0.0.1\n"
    "   Multicast address 224.0.0.18\n"
    "   Gratuitous ARP delay = 5\n"
    "   Gratuitous ARP repeat = 5\n"
    "   Gratuitous ARP refresh = 60\n"
    "   Gratuitous ARP refresh repeat = 1\n"
    "   Gratuitous ARP lower priority delay = 4\n"
    "   Gratuitous ARP lower priority repeat = 3\n"
    "   Down timer adverts = 3\n"
    "   Send advert after receive lower priority advert = true\n"
    "   Send advert after receive higher priority advert = false\n"
    "   Virtual Router ID = 51\n"
    "   Priority = 150\n"
    "   Effective priority = 154\n"
    "   Advert interval = 1 sec\n"
    "   Accept = enabled\n"
    "   Preempt = enabled\n"
    "   Preempt delay = 1.5 secs\n"
    "   Authentication type = SIMPLE_PASSWORD\n"
    "   Virtual IP (2):\n"
    "     10.0.0.3/24 brd 10.0.0.255 dev eth0 scope global label eth0:1 set\n"
    "     10.9.9.8 peer 10.9.9.9/30 dev eth1 scope link noprefixroute "
    "no_track set\n"
    "   Virtual IP Excluded :\n"
    "     2001:db8::9/64 dev eth0 scope global -nodad preferred_lft forever "
    "set\n"
    "   Tracked interfaces :\n"
    "     eth1 weight -10\n"
    "   Tracked scripts :\n"
    "     chk weight -20\n"
    "     new weight 4 reverse\n"
    "   Tracked files :\n"
    "     load weight 0\n"
    "   Master state transition script = '/etc/n.sh' 'a b', "
    "uid:gid 65534:65533\n"
    "   Cannot be run = No such file or directory\n"
    "   Generic state transition script = '/bin/pidof' 'ha\"proxy', "
    "uid:gid 0:0\n"
    "   Counters :\n"
    "     announced = 1006 (gratuitous ARP and unsolicited NA sent)\n";

static const char data_tail[] =
    "------< VRRP Scripts >------\n"
    " VRRP Script = chk\n"
    "   Command = '/bin/pidof' 'ha\"proxy', uid:gid 0:0\n"
    "   Interval = 2.5 sec\n"
    "   Timeout = 1 sec\n"
    "   Weight = -20\n"
    "   Rise = 2\n"
    "   Fall = 3\n"
    "   Result = 4\n"
    "   Last exit = 0\n"
    "   Status = GOOD\n"
    "   State = idle\n"
    " VRRP Script = new\n"
    "   Command = '/bin/pidof' 'ha\"proxy', uid:gid 0:0\n"
    "   Interval = 1 sec\n"
    "   Timeout = 0 sec\n"
    "   Weight = 4 reverse\n"
    "   Rise = 1\n"
    "   Fall = 1\n"
    "   Result = 0\n"
    "   Last exit = 0\n"
    "   Status = INIT\n"
    "   State = requested termination\n"
    "------< VRRP Track files >------\n"
    " Track file = load\n"
    "   File = /run/load\n"
    "   Status = -3\n"
    "   Weight = 1\n"
    "------< VRRP Sync groups >------\n"
    " VRRP Sync Group = G, MASTER\n"
    "   VRRP member instances :\n"
    "     VI_1\n"
    "     a/\"b\\\x01\xc3\xa4\xff\n"
    "   Master state transition script = '/etc/n.sh' 'a b', "
    "uid:gid 65534:65533\n"
    "   Cannot be run = No such file or directory\n"
    "   Generic state transition script = '/bin/pidof' 'ha\"proxy', "
    "uid:gid 0:0\n"
    "------< Interfaces >------\n"
    " Name = eth0\n"
    "   index = 2\n"
    "   MAC = 02:00:00:00:ab:01\n"
    "   State = UP, RUNNING\n"
    "   MTU = 1500\n"
    " Name = eth1\n"
    "   index = 3\n"
    "   MAC = 00:00:00:00:00:00\n"
    "   State = UP, NOT RUNNING\n"
    "   MTU = 9000\n"
    " Name = eth2\n"
    "   State = absent\n"
    "------< Counters >------\n"
    " packets = 1 (VRRP packets received)\n";

static const char data_backup[] =
    "   State = BACKUP\n"
    "   Master router = fd00::2\n"
    "   Master priority = 200\n"
    "   Master advert int = 0.25 sec\n"
    "   Wantstate = MASTER\n"
    "   Faults = none\n"
    "   Last transition = 1700000000.000000 (7 s ago)\n"
    "   Read timeout = 1700000008.000000 (in 1 s)\n"
    "   Master down timer = 902343 usecs\n"
    "   Addresses kept until = 1700000007.020000 (in 0.02 s)\n"
    "   Interface = eth1\n"
    "   Using src_ip = fd00::1 (from configuration)\n"
    "   Gratuitous ARP delay = 0\n";

static const char data_peers[] =
    "     2001:db8::1 dev eth1 scope global deprecated\n"
    "   Check unicast src : yes\n"
    "   Unicast Peer :\n"
    "     fd00::2 min_ttl 254 max_ttl 255\n";

static const char data_fault[] =
    " VRRP Instance = gone\n"
    "   VRRP Version = 3\n"
    "   State = FAULT\n"
    "   Wantstate = FAULT\n"
    "   Faults = interface does not exist (eth2), there is no address to send "
    "from\n"
    "   Last transition = 1700000000.000000 (7 s ago)\n"
    "   Read timeout = DISABLED\n"
    "   Master down timer = 3609375 usecs\n"
    "   Interface = (none)\n"
    "   Using src_ip = none\n";

/* The state dump: what others read of it, and what we add. */
static void
test_data(void)
{
	const char *data = dump('d'), *at;

	CHECK(strncmp(data, data_head, strlen(data_head)) == 0);
	CHECK(strstr(data, data_backup) != NULL);
	CHECK(strstr(data, data_peers) != NULL);
	CHECK(strstr(data, data_fault) != NULL);
	at = strstr(data, "------< VRRP Scripts");
	CHECK(at != NULL && strncmp(at, data_tail, strlen(data_tail)) == 0);
	vrs[2].faults = FAULT_GROUP_PENDING;
	CHECK(strstr(dump('d'), "   State = INIT\n   Wantstate = INIT\n"
	    "   Faults = another member of its sync group has no "
	    "result yet\n") != NULL);
	vrs[2].faults = FAULT_PENDING | FAULT_STARTUP;
	CHECK(strstr(dump('d'), "   Faults = a check has no result yet, its "
	    "startup delay\n") != NULL);
	vrs[2].faults = FAULT_PENDING;
	CHECK(strstr(dump('d'), "   Faults = a check has no result yet\n") !=
	    NULL);
	vrs[2].faults = FAULT_STOPPING | FAULT_PENDING;
	CHECK(strstr(dump('d'), "   Faults = it is stopping, a check has no "
	    "result yet\n") != NULL);
	vrs[2].faults = FAULT_INTERFACE_ABSENT | FAULT_NO_ADDRESS;
	CHECK(strstr(data, "\n late_wakeups = 7 (") != NULL);
	CHECK(strstr(data, "secret") == NULL);
}

/* No counter is forgotten: each is in the statistics or in the state dump. */
static void
test_every_counter(void)
{
	char number[24];

	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		struct text t = text_over(number, sizeof(number));
		bool ours = *list_item(counter_keys, i) == '\0';

		text_format(&t, ours ? " = %u (" : ": %u\n", 1000 + i);
		text_end(&t);
		CHECK(strstr(dump(ours ? 'd' : 's'), number) != NULL);
	}
}

/* Which bytes pass into JSON as they are (RFC 3629 4). */
static void
test_utf8(void)
{
	static const struct { const char *bytes; size_t length; } rows[] = {
		{ "a", 1 }, { "\xc3\xa4", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 }, { "\x80", 0 }, { "\xc3", 0 },
		{ "\xc3""a", 0 }, { "\xc1\x81", 0 }, { "\xe0\x9f\x80", 0 },
		{ "\xed\xa0\x80", 0 }, { "\xf0\x8f\x80\x80", 0 },
		{ "\xf4\x90\x80\x80", 0 }, { "\xf5\x80\x80\x80", 0 },
		{ "\xe2\x82", 0 }, { "\xe2\x82""a", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_INT(utf8_length(rows[i].bytes),
		    rows[i].length);
}

/* vipset: wanted, there is at least one, and the kernel has all of them. */
static void
test_has_all(void)
{
	struct conf_vr none = conf_vrs[0];
	struct vr vr = vrs[0];

	CHECK(vr_has_all(&d, &vr));
	vips[2].state = VIP_ASKED;
	CHECK(!vr_has_all(&d, &vr));
	vips[2].state = VIP_PRESENT;
	vr.wanted = false;
	CHECK(!vr_has_all(&d, &vr));
	vr.wanted = true;
	none.address_count = none.excluded_count = 0;
	vr.conf = &none;
	CHECK(!vr_has_all(&d, &vr));
}

/* Empties the small buffer into `collected`. */
static void
collect(struct text *t)
{
	size_t length = (size_t)(t->at - t->start);

	memcpy(collected + collected_length, t->start, length);
	collected_length += length;
	t->at = t->start;
}

/* A dump longer than its buffer comes whole through flush. */
/*
 * However many trackers and addresses there are, an answer comes in pieces that
 * fit what a client's buffer has left at least.
 */
static void
test_pieces(void)
{
	static struct conf_track many[600];
	static char all[1 << 17];
	const struct conf_vr *before = vrs[0].conf;
	struct conf_vr conf_vr = conf_vrs[0];

	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = tracks[2];
	conf_vr.tracks = many;
	conf_vr.track_count = COUNT_OF(many);
	vrs[0].conf = &conf_vr;
	for (int format = REPORT_VERBOSE; format <= REPORT_JSON; format++) {
		struct report r = { .command = COMMAND_STATUS,
		    .format = (uint8_t)format, .name = "VI_1" };
		size_t used = 0, found = 0;
		bool more = true;

		while (more) {
			struct text t = text_over(all + used, 4 *
			    REPORT_PIECE);

			more = report_piece(&t, &r, &d, 0);
			if (!CHECK(!t.truncated))
				break;
			used += (size_t)(t.at - t.start);
		}
		all[used] = '\0';
		for (const char *at = all; (at = strstr(at, format ==
		    REPORT_JSON ? "\"weight\"" : "weight ")) != NULL; at++)
			found++;
		CHECK_INT(found, format == REPORT_JSON ||
		    format == REPORT_VERBOSE ? COUNT_OF(many) : 0);
		CHECK(format != REPORT_JSON || strcmp(all + used - 5,
		    "[]}]\n") == 0);
	}
	vrs[0].conf = before;
}

/* So does the line for programs, which has all addresses. */
static void
test_brief(void)
{
	static struct conf_address many[1000];
	static char all[1 << 16];
	const struct conf_vr *before = vrs[0].conf;
	struct conf_vr conf_vr = conf_vrs[0];
	struct report r = { .command = COMMAND_STATUS, .format = REPORT_BRIEF,
	    .name = "VI_1" };
	size_t used = 0, found = 0;
	bool more = true;

	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = addresses_b[0];
	conf_vr.addresses = many;
	conf_vr.address_count = 255;
	conf_vr.excluded_count = COUNT_OF(many) - 255;
	vrs[0].conf = &conf_vr;
	while (more) {
		struct text t = text_over(all + used, 4 * REPORT_PIECE);

		more = report_piece(&t, &r, &d, 0);
		if (!CHECK(!t.truncated))
			break;
		used += (size_t)(t.at - t.start);
	}
	all[used] = '\0';
	CHECK_INT(strcspn(all, "\n"), used - 1);
	for (const char *at = all; (at = strchr(at, '/')) != NULL; at++)
		found++;
	CHECK_INT(found, 1 + COUNT_OF(many));	/* priorities have one */
	CHECK(strstr(all, "  ") == NULL);
	vrs[0].conf = before;
}

/* Metrics of one instance have their heads too, and none of another. */
static void
test_metrics(void)
{
	static char all[1 << 16];
	struct text t = text_over(all, sizeof(all));
	struct report r = { .command = COMMAND_STATUS,
	    .format = REPORT_METRICS, .name = "gone" };
	size_t heads = 0, samples = 0;

	while (report_piece(&t, &r, &d, 0))
		;
	CHECK(!t.truncated && strstr(text_end(&t), "VI_1") == NULL);
	for (const char *at = all; (at = strstr(at, "# TYPE")) != NULL; at++)
		heads++;
	for (const char *at = all; (at = strstr(at, "{name=\"gone\"")) !=
	    NULL; at++)
		samples++;
	CHECK_INT(heads, 1 + GLOBAL_KINDS + NUMBER_KINDS + COUNTER_KINDS);
	CHECK_INT(samples, NUMBER_KINDS + COUNTER_KINDS);

	/* A script and a file may have one name. */
	t = text_over(all, sizeof(all));
	r = (struct report){ .command = COMMAND_STATUS,
	    .format = REPORT_METRICS, .name = "VI_1" };
	while (report_piece(&t, &r, &d, 0))
		;
	text_end(&t);
	CHECK(strstr(all, ",kind=\"script\"} ") != NULL);
	CHECK(strstr(all, ",kind=\"file\"} ") != NULL);
	t = text_over(all, sizeof(all));
	r = (struct report){ .command = COMMAND_STATUS,
	    .format = REPORT_JSON, .name = "VI_1" };
	while (report_piece(&t, &r, &d, 0))
		;
	text_end(&t);
	CHECK(strstr(all, ",\"kind\":\"script\"") != NULL);
	CHECK(strstr(all, ",\"kind\":\"file\"") != NULL);
}

/* A scraper takes no page on which a series stands twice. */
static void
check_series(const char *page)
{
	size_t length, lines = 0;

	for (; *page != '\0'; page = strchr(page, '\n') + 1, lines++) {
		length = strcspn(page, "\n");
		while (length > 0 && page[length - 1] != ' ')
			length--;
		for (const char *at = page; (at = strchr(at, '\n')) != NULL; )
			CHECK(strncmp(++at, page, length) != 0);
	}
	CHECK(lines > 20);
}

/* One address on two devices is two series for the exporter's names. */
static void
test_series(void)
{
	static char page[1 << 16];
	const struct conf_vr *before = vrs[0].conf;
	struct conf_address twice[4] = { addresses_b[0], addresses_b[0],
	    addresses_b[0], addresses_b[0] };
	struct conf_vr conf_vr = conf_vrs[0];

	twice[1].interface = twice[3].interface = 2;
	twice[2].ip.bytes[3] ^= 1;
	twice[3].ip.bytes[3] ^= 1;
	conf_vr.addresses = twice;
	conf_vr.address_count = conf_vr.excluded_count = 2;
	vrs[0].conf = &conf_vr;
	for (int format = REPORT_METRICS; format <= REPORT_COMPATIBLE;
	    format++) {
		struct report r = { .command = COMMAND_STATUS,
		    .format = (uint8_t)format };
		struct text t = text_over(page, sizeof(page));

		while (report_piece(&t, &r, &d, 0))
			;
		CHECK(!t.truncated);
		check_series(text_end(&t));
	}
	CHECK(strstr(page, "\",device=\"eth2\"} ") != NULL);
	vrs[0].conf = before;
}

static void
test_flush(void)
{
	struct text t = text_over(small, sizeof(small));

	t.flush = collect;
	status_data(&t, &d, NOW, WALL);
	collect(&t);
	CHECK(!t.truncated);
	CHECK_STR(collected, dump('d'));
}

int
main(int argc, char **argv)
{
	make();
	if (argc > 1 && strcmp(argv[1], "json") == 0) {
		conf.global.json_version = 2;
		printf("%s", dump('j'));
		return 0;
	}
	test_stats();
	test_json();
	test_data();
	test_every_counter();
	test_utf8();
	test_has_all();
	test_pieces();
	test_brief();
	test_metrics();
	test_series();
	test_flush();
	return check_end("status");
}
