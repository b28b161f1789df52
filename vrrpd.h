/* SPDX-License-Identifier: ISC */
/*
 * vrrpd.h: what the chapters of vrrpd.c, its tests, its simulator and its
 * fuzzers share: the protocol's constants and layouts, the configuration, the
 * state of the daemon, and the events and effects that join it to the world.
 *
 * Words are those of RFC 9568 (Active, Backup, advertisement).  Users, logs and
 * scripts see keepalived's (MASTER, BACKUP, FAULT), which stand only in tables.
 * Units are in the names: _us microseconds, _cs centiseconds, _s seconds.
 */
#ifndef VRRPD_H
#define VRRPD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VRRPD_VERSION	"0.1"
#define COMPATIBLE_WITH	"2.4.3"	/* the keepalived whose options we take */

/* Microseconds of CLOCK_MONOTONIC: a moment or a span. */
typedef int64_t usec_t;

#define SECOND_US	((usec_t)1000000)
#define MS_US		((usec_t)1000)
#define CS_US		((usec_t)10000)		/* a centisecond */
#define NEVER		INT64_MAX		/* a timer that is off */
#define NONE		UINT16_MAX		/* no such index */
#define NO_SLOT		UINT32_MAX		/* not in the timer heap */

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

/* ---- limits: every fixed buffer takes its size from one of these ---- */

#define VRS_MAX		16384	/* virtual routers in one configuration */
#define ADDRESSES_MAX	255	/* advertised addresses of one virtual router */
#define MESSAGE_MAX	4352	/* 40 + 8 + 255 * 16 + 28, rounded up */
#define NETLINK_MAX	512	/* one request of ours */
#define LINE_MAX_LOG	1024	/* one line of the log */
#define CPUS_MAX	256	/* processors by their number */
#define TRACKED_PROCESSES 256	/* vrrp_track_process blocks */
#define CMDLINE_MAX	4096	/* of a process, what is looked at */

/* Signals by keepalived's numbers, whatever the libc counts from (D-10). */
#define SIGNAL_JSON_GLIBC 36
#define SIGNAL_JSON_MUSL 37
#define SIGNAL_STATS_CLEAR 63

/* ---- VRRP on the wire -------------------------------------------------
 *
 * Version 2 (RFC 3768 5.1)		Version 3 (RFC 9568 5.2)
 *
 *  0 version 4 | type 4		 0 version 4 | type 4
 *  1 VRID				 1 VRID
 *  2 priority				 2 priority
 *  3 count of addresses		 3 count of addresses
 *  4 auth type				 4 reserved 4 | interval 12, in cs
 *  5 interval, in s
 *  6 checksum				 6 checksum
 *  8 count * 4 address			 8 count * (4 | 16) address
 *  . 8 auth data, always
 *
 * Behind either, keepalived's auth_hmac: 28 bytes that the count does not know.
 *
 *  0 type 1   1 key   2 zero 2   4 seconds 4   8 parts of 2^16   10 counter
 * 12 first half of an HMAC-SHA256
 */
#define IPPROTO_VRRP_	112
#define IPPROTO_AH_	51
#define VRRP_HEADER	8
#define VRRP_AUTH_DATA	8
#define VRRP_ADVERTISEMENT 1
#define VRRP_TTL	255
#define VRRP_TOS	0xc0		/* CS6: network control */
#define ETHERNET_MTU	1500
#define IP6_MTU_MIN	1280		/* below it a link has no IPv6 */
#define PRIORITY_ZERO	0		/* the sender leaves (RFC 9568 5.2.4) */
#define PRIORITY_OWNER	255
#define INTERVAL_CS_MAX	4095		/* 12 bits */

enum auth_type { AUTH_NONE = 0, AUTH_PASS = 1, AUTH_AH = 2 };

#define VRRP_CHECKSUM	6		/* where it stands in the message */
#define IP4_HEADER	20
#define IP4_CHECKSUM	10
#define IP4_FRAGMENT	0x3fff		/* more fragments, fragment offset */
#define AH_HEADER	24		/* with keepalived's 12 bytes of ICV */
#define AH_WORDS	4		/* its length field: 32-bit words - 2 */
#define AH_ICV		12		/* where it stands, and its length */
#define HMAC_TRAILER	28
#define HMAC_TAG	12		/* where it stands */
#define HMAC_TAG_LENGTH	16
#define HMAC_SHA256_128	1		/* the type of a trailer */
#define DIGEST_BLOCK	64		/* of MD5 and SHA-256 alike */
#define DIGEST_MAX	32

/* An IP address in network byte order; family 4 or 6, 0 for none. */
struct ip {
	uint8_t		bytes[16];
	uint8_t		family;
};

/* A received packet, or one to be sent; message is the VRRP message. */
struct packet {
	struct ip	source, destination;
	uint8_t		hop_limit;
	uint8_t		protocol;		/* in the IP header: 112, 51 */
	bool		authenticated_header;	/* an AH stood before message */
	const uint8_t	*message;
	size_t		length;
	const uint8_t	*header;		/* received IPv4: all of it */
};

/* An advertisement as it was received; pointers go into the packet. */
struct advert {
	uint8_t		version, type, vrid, priority, count;
	uint8_t		auth_type;		/* version 3: AUTH_NONE */
	bool		plain; /* no pseudo-header in the sum */
	uint32_t	interval_us;
	size_t		length;			/* as its count demands */
	const uint8_t	*addresses;		/* count, each 4 or 16 bytes */
	const uint8_t	*auth_data;		/* version 2 */
	const uint8_t	*trailer;		/* auth_hmac; NULL: none */
};

/* ---- ARP and neighbour discovery on Ethernet (RFC 826, RFC 4861) ------ */

#define GARP_FRAME	42
#define NA_FRAME	86
#define NA_LENGTH	32		/* the ICMPv6 message alone */
#define ETHERTYPE_IP4_	0x0800
#define ETHERTYPE_ARP_	0x0806
#define ETHERTYPE_IP6_	0x86dd
#define ARP_ETHERNET	1
#define ARP_REQUEST_	1
#define IPPROTO_ICMP6_	58
#define ICMP6_NA	136
#define ICMP6_CHECKSUM	2
#define NA_ROUTER	0x80000000U
#define NA_OVERRIDE	0x20000000U
#define ND_TARGET_MAC	2		/* target link-layer address */
#define ETHERNET_HEADER	14
#define IP6_HEADER	40

#define IPPROTO_ICMP4_	1
#define PING_LENGTH	16	/* header and what we put behind it */
#define ICMP4_ECHO	8	/* and 0 is the answer */
#define ICMP6_ECHO	128	/* and 129 is the answer */

/* ---- BFD in UDP (RFC 5880 4.1, RFC 5881, RFC 5883) --------------------
 *
 *  0 version 3 | diagnostic 5		 4 discriminator of the sender
 *  1 state 2 | flags 6			 8 that of the receiver, or 0
 *  2 detection multiplier		12 least time between packets sent
 *  3 length				16 the same, received; 20 of echoes
 */
#define IPPROTO_UDP_	17
#define UDP_HEADER	8
#define UDP_CHECKSUM	6		/* where it stands */
#define BFD_LENGTH	24		/* without authentication */
#define BFD_DATAGRAM	(UDP_HEADER + BFD_LENGTH)
#define BFD_PORT	3784		/* one hop away */
#define BFD_PORT_HOPS	4784		/* or several */
#define BFD_SOURCE_PORT	49152		/* the least one to send from */
#define BFD_SOURCE_PORTS 16384		/* and how many there are */

enum bfd_state { BFD_ADMIN_DOWN, BFD_DOWN, BFD_INIT, BFD_UP, BFD_STATES };

enum bfd_flag {
	BFD_MULTIPOINT = 1 << 0, BFD_DEMAND = 1 << 1,
	BFD_AUTHENTICATED = 1 << 2, BFD_FINAL = 1 << 4, BFD_POLL = 1 << 5
};

enum bfd_diagnostic {
	BFD_NO_REASON = 0, BFD_SILENCE = 1, BFD_TOLD = 3, BFD_STOPPED = 7
};

/* A control packet. */
struct bfd_packet {
	uint8_t		state, flags, diagnostic, multiplier;
	uint32_t	mine, yours;		/* discriminators */
	uint32_t	min_tx_us, min_rx_us;
};

/* What becomes of one that came, in the order of the checks; one was sent. */
enum bfd_counter {
	BFD_VERSION, BFD_TOO_SHORT, BFD_CUT, BFD_MULTIPLIER, BFD_POINTS,
	BFD_NOT_MINE, BFD_NOT_YOURS, BFD_NO_SESSION, BFD_AUTH, BFD_TTL,
	BFD_STOPPING, BFD_TAKEN, BFD_SENT, BFD_COUNTERS
};

/* ---- Base ------------------------------------------------------------- */

/*
 * A bounded writer of text.  What does not fit is handed to flush, which must
 * make room by moving `at` back to `start`; without flush it is cut and
 * `truncated` says so.
 */
struct text {
	char		*start, *at, *end;
	void		(*flush)(struct text *);
	void		*context;
	bool		truncated;
};

/* A bounds-checked reader: once it has failed it yields zeros for ever. */
struct cursor {
	const uint8_t	*at, *end;
	bool		failed;
};

/* A bounded writer of bytes in network order, with the same manners. */
struct packer {
	uint8_t		*start, *at, *end;
	bool		failed;
};

/* Memory that is taken piece by piece and given back all at once. */
struct arena {
	uint8_t		*at, *end;
	void		*(*more)(struct arena *, size_t); /* zeroed memory */
	void		*chunks;
	void		*context;
	size_t		taken;
	bool		failed;
};

/* One thing that the world shall do; `length` bytes follow it in the queue. */
enum effect_kind {
	EFFECT_SEND,		/* a VRRP packet; IPv4: with its IP header; */
				/* value: it is a whole Ethernet frame */
	EFFECT_UDP,		/* a UDP datagram; IPv4: with its IP header */
	EFFECT_ETHERNET,	/* a whole Ethernet frame, out of ifindex */
	EFFECT_NETLINK,		/* one request; index is its sequence number */
	EFFECT_DUMP,		/* ask anew for all links and addresses */
	EFFECT_JOIN,		/* destination is a group, on ifindex */
	EFFECT_LEAVE,
	EFFECT_SYSCTL,		/* value into the file that the bytes name */
	EFFECT_RUN, /* command index as process token; value: owner */
	EFFECT_CHECK, /* as token: enum check_kind index; value: port, prefix */
	EFFECT_SIGNAL, /* value: signal, to the group of process token */
	EFFECT_FIFO, /* a line; index: 0 notify_fifo, 1 vrrp_notify_fifo */
	EFFECT_LOG,		/* a line; value: enum log_level */
	EFFECT_STOPPED,		/* nothing is left to do: leave */
	EFFECT_KINDS
};

enum log_level {			/* numbers of syslog(3) */
	LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO
};

struct effect {
	uint16_t	kind;		/* enum effect_kind */
	uint16_t	length;		/* of the bytes that follow */
	uint32_t	ifindex;
	uint32_t	index;
	uint32_t	token;
	int32_t		value;
	uint8_t		hop_limit;
	struct ip	source, destination;
};

/*
 * The queue of effects, in the order in which they are to happen.  A full
 * queue hands itself to `drain`, which carries out everything and empties it.
 */
struct effects {
	uint8_t		*start, *at, *end;
	void		(*drain)(struct effects *);
	void		*context;
	uint64_t	dropped;	/* only if drain gave no room */
	struct effect	spare;		/* for the one that is dropped */
};

/* ---- Netlink: rtnetlink(7), in the byte order of this machine --------- */

#define NL_FAMILY_4	2		/* AF_INET, as Linux numbers it */
#define NL_FAMILY_6	10		/* AF_INET6 */
#define NL_ERROR_MAX	4095		/* no errno value is larger */
#define IFA_PROTO_	11		/* IFA_PROTO, Linux 5.18 */
#define ADDRESS_PROTOCOL 112		/* marks addresses as set by us */
#define KEEPALIVED_PROTOCOL 18 /* marks what keepalived sets, and our routes */
#define NL_ENTRY_FIXED	12		/* struct rtmsg, struct fib_rule_hdr */

/* One message of a datagram. */
struct nl_message {
	uint16_t	type, flags;
	uint32_t	seq, port;
	struct cursor	body;			/* behind the header */
};

/* connector(7): what the kernel tells of processes. */
#define CN_PROCESSES	1		/* CN_IDX_PROC, and CN_VAL_PROC */
#define CN_HEADER	20		/* struct cn_msg */
#define CN_LISTEN	1		/* PROC_CN_MCAST_LISTEN */
#define CN_IGNORE	2		/* PROC_CN_MCAST_IGNORE */
#define CN_EVENT_HEADER	16		/* what, processor, time */

#define PROCESS_FORK	1U		/* PROC_EVENT_*, what of it counts */
#define PROCESS_EXEC	2U
#define PROCESS_NAMED	0x200U
#define PROCESS_ENDED	0x80000000U

/* What the kernel tells of a process. */
struct process_news {
	uint32_t	what;		/* PROCESS_*; anything else: nothing */
	uint32_t	pid;
	uint32_t	parent;		/* FORK */
};

/* Kinds of links that are made here; 0: another, or none of its own. */
enum link_kind { LINK_MACVLAN = 1, LINK_IPVLAN, LINK_VRF };

/* IPv4 settings of an interface that we may change, and give back. */
enum setting4 { SET_ARP_IGNORE, SET_ARP_ANNOUNCE, SET_PROMOTE, SETTINGS4 };
#define SETTINGS_MARKED	2	/* those that our links are marked with */
#define UNKNOWN		(-1)

/* What RTM_NEWLINK and RTM_DELLINK say; 0 or empty: they did not say it. */
struct nl_link {
	uint32_t	ifindex;
	uint32_t	flags;			/* IFF_* */
	uint32_t	mtu;
	uint32_t	lower;			/* IFLA_LINK: macvlan's base */
	uint32_t	master;			/* bridge, bond or VRF above */
	uint16_t	type;			/* ARPHRD_* */
	uint8_t		mac_length;		/* of the whole link address */
	uint8_t		mac[6];
	uint8_t		kind;			/* enum link_kind */
	uint32_t	mode;			/* of a macvlan */
	uint32_t	table;			/* of a VRF */
	bool		port;	/* the master is no VRF: it takes all packets */
	int8_t		before[SETTINGS_MARKED]; /* UNKNOWN: no mark of ours */
	int8_t		settings[SETTINGS4];	/* UNKNOWN: not said */
	char		name[16];
};

/* What RTM_NEWADDR and RTM_DELADDR say. */
struct nl_address {
	struct ip	ip;			/* our end */
	uint32_t	ifindex;
	uint32_t	flags;			/* IFA_F_* */
	uint8_t		prefix;
	uint8_t		protocol;		/* 0: unknown */
	bool		has_protocol;		/* it was said */
};

/* ---- Configuration ---------------------------------------------------- */

enum severity {
	SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_FATAL
};

/* One finding about the configuration; file is NULL where none is to blame. */
struct diagnostic {
	struct diagnostic *next;
	const char	*file, *text;
	uint32_t	line, column;
	uint8_t		severity;
	bool		whole_line; /* later ones on this line follow from it */
};

#define NO_SUCH_USER	"no such user"

/* How the parser reaches the outside: all of it, so that it can be faked. */
struct reader {
	void		*context;
	/*
	 * Reads a regular file whole into the arena; NULL with *why set, and
	 * with a *length if it is too large.
	 */
	const char	*(*open)(const struct reader *, struct arena *,
			    const char *path, size_t *length, const char **why);
	/*
	 * Paths that match, sorted, into the arena; their number, or -1: out of
	 * memory, or a directory cannot be read.
	 */
	int		(*glob)(const struct reader *, struct arena *,
			    const char *pattern, const char ***paths);
	const char	*(*environment)(const struct reader *,
			    const char *name);
	const char	*(*host_name)(const struct reader *);
	uint32_t	(*random)(const struct reader *);
	/*
	 * 0, or what is wrong: a user or group name (or number) to its ids.
	 * The user "" is who runs us.  NO_SUCH_USER is only said of one that
	 * surely does not exist.
	 */
	const char	*(*user)(const struct reader *, const char *name,
			    uint32_t *uid, uint32_t *gid);
	const char	*(*group)(const struct reader *, const char *name,
			    uint32_t *gid);
	/*
	 * Whether the command can be run by uid/gid: resolves path (by $PATH if
	 * it has no slash) into the arena.  NULL, or what is wrong; *insecure
	 * when another than root could replace it.
	 */
	const char	*(*script)(const struct reader *, struct arena *,
			    const char *path, uint32_t uid, uint32_t gid,
			    const char **resolved, bool *insecure);
	/* The names of this machine's interfaces; -1: nobody knows. */
	int		(*interfaces)(const struct reader *, struct arena *,
			    const char ***names);
	/* Whether others than its owner may read a file. */
	bool		(*exposed)(const struct reader *, const char *path);
};

/* A program with its arguments, and who runs it. */
struct conf_command {
	const char	*const *argv; /* NULL at the end; argv[0] as written */
	const char	*path;		/* resolved; NULL: cannot be run */
	const char	*why;		/* why it cannot */
	uint32_t	uid, gid;
	bool		supplementary;	/* with the user's other groups */
};

/* An interface by name; which one that is, the kernel tells at run time. */
struct conf_interface {
	char		name[16];
	uint16_t	garp_group;	/* 1 + its index; 0: none */
	const struct conf_link *link;	/* NULL: not made by us */
};

/* use_vmac or use_ipvlan, as written; a name and a MAC once it is settled. */
struct conf_vmac {
	char		name[16];
	struct ip	source;		/* use_ipvlan: of advertisements */
	uint32_t	group;		/* IFLA_GROUP */
	uint8_t		mac[6];
	uint8_t		mac_length;	/* 0: none given */
	uint8_t		kind;		/* enum link_kind */
	uint8_t		mode;		/* use_ipvlan: IFLA_IPVLAN_FLAGS */
};

/* A link that we make: it carries virtual addresses above another one. */
struct conf_link {
	uint16_t	interface, base; /* in conf.interfaces: it, below it */
	uint16_t	vr;		/* it is up while that one is Active */
	bool		ip4, ip6;	/* it has addresses of that family */
	const struct conf_vmac *vmac;
};

enum conf_address_flag {
	ADDRESS_DAD		= 1 << 0, /* -nodad: do detect duplicates */
	ADDRESS_HOME		= 1 << 1,
	ADDRESS_MNGTMPADDR	= 1 << 2,
	ADDRESS_NOPREFIXROUTE	= 1 << 3,
	ADDRESS_AUTOJOIN	= 1 << 4,
	ADDRESS_NO_TRACK	= 1 << 5,	/* its loss does not matter */
	ADDRESS_BROADCAST	= 1 << 6,	/* more->broadcast is set */
	ADDRESS_PEER		= 1 << 7,	/* more->peer is set */
	ADDRESS_SCOPE		= 1 << 8,	/* scope is set */
	ADDRESS_PREFERRED	= 1 << 9,	/* preferred_s is set */
	ADDRESS_BROADCAST_ONES	= 1 << 10,	/* brd + */
	ADDRESS_BROADCAST_ZEROS	= 1 << 11,	/* brd - */
	ADDRESS_LABEL		= 1 << 12,	/* more->label is set */
	ADDRESS_VMAC		= 1 << 13	/* on a macvlan of its own */
};

struct conf_address_more {
	const char	*label;		/* NULL: none */
	struct ip	broadcast, peer;
	uint8_t		peer_prefix;
};

/* A virtual address. */
struct conf_address {
	struct ip	ip;
	uint8_t		prefix;
	uint8_t		scope;
	uint16_t	flags;		/* enum conf_address_flag */
	uint16_t	interface;	/* index in conf.interfaces */
	uint32_t	preferred_s;	/* UINT32_MAX: forever */
	const struct conf_address_more *more;	/* NULL: nothing unusual */
};

enum entry_kind { ENTRY_ADDRESS, ENTRY_ROUTE, ENTRY_RULE, ENTRY_KINDS };

/* A route, a rule, or a static address: an entry of a table of the kernel. */
struct conf_entry {
	const char	*text;		/* its words, for messages */
	const uint8_t	*body;		/* of the request that adds it; where
					   the number of an interface belongs,
					   or the table of a VRF, 1 more than
					   its index in conf */
	uint16_t	length;		/* of body */
	uint16_t	vr;		/* NONE: static */
	uint16_t	group;		/* track_group, or NONE */
	uint16_t	flags;		/* NLM_F_*, how it is added */
	uint8_t		kind;		/* enum entry_kind */
	bool		no_track;	/* its loss does not matter */
	bool		renew;		/* comes and goes in parts */
	bool		unheard;	/* not of our protocol */
	bool		vrf;		/* its table is that of a VRF */
};

struct conf_peer {
	struct ip	ip;
	uint8_t		ttl_min, ttl_max;
};

enum track_kind {
	TRACK_INTERFACE, TRACK_SCRIPT, TRACK_BFD, TRACK_FILE, TRACK_PROCESS
};

/* A line of track_interface, track_script, track_file and their like. */
struct conf_track {
	uint16_t	index;		/* of what is tracked */
	int16_t		weight;		/* 0: failure is a fault */
	uint8_t		kind;		/* enum track_kind */
	bool		reverse;
};

/* What runs when the state changes; indices in conf.commands or NONE. */
enum notify_kind {
	NOTIFY_MASTER, NOTIFY_BACKUP, NOTIFY_FAULT, NOTIFY_STOP,
	NOTIFY_ANY, NOTIFY_MASTER_RX_LOWER_PRI, NOTIFY_DELETED, NOTIFY_KINDS
};

struct conf_notify {
	uint16_t	command[NOTIFY_KINDS];
};

/* What a vrrp_script does, by the keyword that says it. */
enum check_kind {
	CHECK_COMMAND, CHECK_PIDFILE, CHECK_TCP, CHECK_HTTP, CHECK_PING,
	CHECK_ROUTE, CHECK_KINDS
};

#define CHECKS_MAX	256	/* built-in checks in one configuration */
#define CHECK_PATH_MAX	255	/* of a file, or in a request */
#define CHECK_REQUEST	512	/* what is sent, at most */

/* A check that takes no program; CHECK_COMMAND: none. */
struct conf_check {
	struct ip	ip;		/* whom; ROUTE: the prefix */
	uint8_t		kind;		/* enum check_kind */
	uint8_t		prefix;		/* ROUTE */
	uint16_t	port;		/* TCP, HTTP */
	uint16_t	status;		/* HTTP; 0: 200 to 399 */
	uint16_t	interface;	/* of a link-local address, or NONE */
	const char	*path;		/* PIDFILE, HTTP */
};

/*
 * What a built-in check found, in the low byte of the value that tells of its
 * end; above that, a status, an errno value or the number of a process.
 */
enum finding {
	FOUND_GOOD, FOUND_STATUS, FOUND_REFUSED, FOUND_NO_WAY, FOUND_CLOSED,
	FOUND_NO_HTTP, FOUND_NO_FILE, FOUND_NO_NUMBER, FOUND_NO_PROCESS,
	FOUND_NO_ROUTE, FOUND_ERROR
};

/* What the four things that can be tracked begin with, besides interfaces. */
struct conf_tracker {
	const char	*name;
	int16_t		weight;
	bool		reverse, used;	/* used: somebody tracks it */
};

/* vrrp_script */
struct conf_script {
	const char	*name;
	int16_t		weight;
	bool		reverse, used;
	struct conf_check check;	/* instead of a command */
	uint16_t	command;	/* index in conf.commands, or NONE */
	bool		init_fail;
	uint32_t	interval_us, timeout_us; /* timeout 0: interval */
	uint32_t	rise, fall;
};

/* track_file */
struct conf_file {
	const char	*name;
	int16_t		weight;
	bool		reverse, used;
	const char	*path;
	bool		init, init_overwrite;
	int32_t		init_value;
};

/* param_match: how the arguments of a process must be those of the line. */
enum param_match { PARAMS_ANY, PARAMS_EXACT, PARAMS_PARTIAL, PARAMS_INITIAL };

#define QUORUM_MAX	65535		/* as quorum_max: no limit */

/* vrrp_track_process */
struct conf_process {
	const char	*name;
	int16_t		weight;
	bool		reverse, used;
	const char	*words;		/* the name and its arguments, each with
					   a NUL behind it, as in cmdline */
	uint16_t	length;		/* of words, all NULs included */
	bool		full_command;
	uint8_t		param_match;	/* enum param_match */
	uint32_t	quorum, quorum_max;
	uint32_t	delay_us, fork_delay_us, terminate_delay_us;
};

/* bfd_instance */
struct conf_bfd {
	const char	*name;
	int16_t		weight;			/* so far ours */
	bool		reverse, used;
	struct ip	neighbor, source;	/* source of family 0: any */
	uint8_t		multiplier, hop_limit;
	bool		passive, multihop;
	int16_t		max_hops;		/* -1: any number */
	uint32_t	min_rx_us, min_tx_us, idle_tx_us;
};

/* What auth_hmac asks of others and does itself. */
enum hmac_mode { HMAC_ENFORCE = 1, HMAC_PERMISSIVE, HMAC_RECEIVE_ONLY };
enum hmac_replay { REPLAY_TIME = 1, REPLAY_MONOTONIC };

#define KEY_MIN		32
#define KEY_MAX		DIGEST_BLOCK

struct conf_key {
	uint8_t		id, length;
	uint8_t		bytes[KEY_MAX];
};

struct conf_keys {
	const struct conf_key *first;
	uint8_t		count;
};

/* auth_hmac; without keys there is none. */
struct conf_hmac {
	struct conf_keys keys;
	uint16_t	window_s;
	uint8_t		active;			/* id of the key to sign with */
	uint8_t		mode;			/* enum hmac_mode */
	uint8_t		replay;			/* enum hmac_replay */
};

/* vrrp_instance */
struct conf_vr {
	const char	*name;
	const struct conf_address *addresses;	/* advertised, then excluded */
	const struct conf_track *tracks;
	const struct conf_vmac *vmac;		/* NULL: none */
	const struct conf_peer *peers;
	const struct conf_notify *notify;	/* NULL: none */
	uint8_t		family;			/* 4 or 6 */
	uint8_t		version;		/* 2 or 3 */
	uint8_t		vrid;
	uint8_t		priority;		/* base; 255: owner */
	uint8_t		initial_state;		/* enum vr_state as written */
	uint8_t		down_timer_adverts;
	uint8_t		unicast_ttl;
	uint8_t		auth_type;		/* enum auth_type */
	uint8_t		checksum_form;		/* enum checksum_form */
	uint8_t		old_checksum;		/* enum old_checksum */
	uint8_t		expired_backup;	/* timer_expired_backup; 0: off */
	bool		unicast;		/* has peers, or shall have */
	bool		no_preempt;
	bool		strict;
	bool		accept;
	bool		dont_track_primary;
	bool		track_source;		/* track_src_ip */
	bool		check_unicast_source;
	bool		unicast_fault_no_peer;
	bool		skip_check_advert_addresses;
	bool		lower_prio_no_advert;
	bool		higher_prio_send_advert;
	bool		owner_ignore_adverts;
	bool		no_virtual_ipaddress;
	bool		notify_priority_changes;
	bool		notify_deleted;
	bool		native_ipv6;
	bool		xmit_base;	/* vmac_xmit_base: physical MAC */
	bool		vmac_addresses;		/* use_vmac_addr */
	bool		promote_secondaries;
	uint16_t	vrf;			/* interface, or NONE */
	uint16_t	link, link_count;	/* in conf.links */
	uint16_t	peer_count, address_count, excluded_count, track_count;
	uint16_t	interface;		/* NONE: where the source is */
	uint16_t	group;			/* sync group or NONE */
	uint32_t	interval_us;		/* Advertisement_Interval */
	uint32_t	preempt_delay_us;
	uint32_t	first_entry, entry_count; /* in conf.entries */
	struct conf_hmac hmac;
	uint32_t	garp_delay_us, garp_refresh_us, garp_extra_us;
	uint32_t	garp_lower_prio_delay_us;
	uint32_t	garp_repeat, garp_refresh_repeat;
	uint32_t	garp_lower_prio_repeat;
	uint32_t	line; /* where it stands, for messages */
	uint32_t	kernel_rx_buf_size;
	struct ip	source; /* mcast_src_ip, unicast_src_ip */
	struct ip	destination;		/* multicast group */
	uint8_t		auth_pass[8];		/* zero-padded */
};

/* v3 over IPv4: which bytes the checksum covers (D-1). */
enum checksum_form { CHECKSUM_AUTO, CHECKSUM_PSEUDO, CHECKSUM_PLAIN };

/* Unicast of v3 over IPv4: what is done with sums over the group's address. */
enum old_checksum { OLD_HEARD, OLD_SENT, OLD_REFUSED };

/* garp_group: interfaces that share the pace of their announcements. */
struct conf_garp {
	const char	*name;		/* its number, as it has none */
	const uint16_t	*interfaces;
	uint32_t	garp_interval_us, gna_interval_us;
	uint16_t	interface_count;
};

/* vrrp_sync_group */
struct conf_group {
	const char	*name;
	const uint16_t	*members;		/* indices in conf.vrs */
	const struct conf_notify *notify;
	uint16_t	member_count;
	bool		notify_priority_changes;
	bool		keep_weights;		/* sync_group_tracking_weight */
};

/* The programs of global_defs: readers of the FIFOs, and what runs once. */
enum global_script {
	SCRIPT_FIFO, SCRIPT_VRRP_FIFO, SCRIPT_STARTUP, SCRIPT_SHUTDOWN,
	GLOBAL_SCRIPTS
};

struct conf_fifo {
	const char	*path;			/* NULL: none */
	uint32_t	uid, gid;
};

/* A line of interface_up_down_delays. */
struct conf_delay {
	uint32_t	down_us, up_us;
	uint16_t	interface;
};

/* global_defs and the top level, after defaults. */
struct conf_global {
	const char	*router_id;
	const char	*nft_table;		/* of no_accept */
	const char	*net_namespace;		/* NULL: ours */
	const char	*instance;		/* NULL: none */
	const char	*default_interface;
	const char	*vmac_prefix, *vmac_address_prefix;
	const char	*state_dump_file, *stats_dump_file, *json_dump_file;
	const char	*reload_check_log;	/* NULL: none */
	const char	*reload_time_file;	/* NULL: none */
	const char	*iproute_etc_dir, *iproute_usr_dir; /* NULL: default */
	const struct conf_delay *delays;
	uint16_t	delay_count;
	struct conf_fifo fifo[2]; /* notify_fifo, vrrp_notify_fifo */
	uint16_t	script[GLOBAL_SCRIPTS];	/* command, or NONE */
	struct ip	group4, group6;
	uint32_t	startup_delay_us, delay_after_boot_us;
	uint32_t	garp_interval_us, gna_interval_us;
	uint32_t	startup_limit_s, shutdown_limit_s;
	uint32_t	umask;
	uint32_t	cpus[CPUS_MAX / 32];	/* a bit each; none: any */
	uint32_t	rt_limit_us;		/* RLIMIT_RTTIME; 0: none */
	int32_t		max_auto_priority;
	int32_t		priority, rt_priority;	/* nice value; 0: none */
	int32_t		nft_priority;
	bool		nft_counters;
	uint8_t		json_version;
	bool		use_pid_dir;
	bool		log_unknown_vrids;
	bool		script_security;
	bool		supplementary;		/* set_supplementary_groups */
	bool		no_swap;
	bool		fifo_states_on_reload;
	bool		data_use_instance;
	bool		reload_repeat;
	bool		umask_set;
};

/*
 * Where a value, or an item of a list, was written: for --print-config.  Block
 * and row are those of the keyword table.
 */
struct conf_origin {
	const struct conf_origin *next;
	const char	*file;
	uint32_t	line;
	uint16_t	row, object;		/* object: its index in conf */
	uint8_t		block;
};

/* A whole configuration; everything it points to lives in one arena. */
struct conf {
	const struct conf_interface *interfaces;
	const struct conf_link *links;
	const struct conf_command *commands;
	const struct conf_script *scripts;
	const struct conf_file *files;
	const struct conf_process *processes;
	const struct conf_bfd *bfds;
	const struct conf_garp *garps;
	const struct conf_group *groups;
	const struct conf_group *track_groups;
	const struct conf_vr *vrs;
	const struct conf_entry *entries;	/* static ones come first */
	uint32_t	entry_count, static_count;
	uint16_t	interface_count, command_count, script_count;
	uint16_t	file_count, process_count, group_count, vr_count;
	uint16_t	link_count, garp_count, track_group_count, bfd_count;
	uint32_t	errors;			/* lines that were not taken */
	const struct conf_origin *origins;	/* NULL without keep_origins */
	struct conf_global global;
};

/* What to make a configuration of: a file, or the words of a command line. */
struct conf_input {
	const struct reader *reader;
	const char	*path;		/* NULL: from flags */
	const struct conf_flag *flags;
	size_t		flag_count;
	const char	*config_id;	/* -i; NULL: the host's name */
	bool		all_includes;	/* -e: a missing include is an error */
	bool		keep_origins;	/* for --print-config */
};

/* A flag of the command line that is no option: --NAME VALUE, or an address. */
struct conf_flag {
	const char	*name;		/* without dashes; NULL: a bare word */
	const char	*value;		/* NULL: none */
	uint32_t	argument; /* place on the command line, for messages */
};

/* ---- Machine: RFC 9568 section 6 -------------------------------------- */

enum machine_state {		/* 0 is none, so that an empty cell shows */
	MACHINE_INITIALIZE = 1, MACHINE_BACKUP, MACHINE_ACTIVE, MACHINE_STATES
};

enum machine_event {
	MACHINE_STARTUP,	/* priority below 255 */
	MACHINE_STARTUP_OWNER,	/* priority 255 */
	MACHINE_SHUTDOWN,
	MACHINE_TIMER,		/* Active_Down_Timer or Adver_Timer fires */
	MACHINE_ZERO,		/* advertisement: its sender leaves */
	MACHINE_YIELD,		/* advertisement: we bow to it */
	MACHINE_WEAKER,		/* advertisement: ours is better */
	MACHINE_WEAKER_QUIET,	/* the same, lower_prio_no_advert */
	MACHINE_HOLD,		/* sync group: not all members are ready */
	MACHINE_STEP_BACK,	/* sync group: another member lost */
	MACHINE_EVENTS
};

/* What a transition does, carried out lowest bit first. */
enum machine_action {
	ACT_STOP_TIMER		= 1 << 0,
	ACT_OWN_INTERVAL	= 1 << 1, /* Active_Adver_Interval = own */
	ACT_ADOPT_INTERVAL	= 1 << 2,	/* ... = the advertisement's */
	ACT_SEND_ADVERT		= 1 << 3,
	ACT_SEND_ZERO		= 1 << 4,
	ACT_DOWN_TIMER		= 1 << 5,
	ACT_SKEW_TIMER		= 1 << 6,
	ACT_ADVERT_TIMER	= 1 << 7,
	ACT_TAKE_ADDRESSES	= 1 << 8,
	ACT_DROP_ADDRESSES	= 1 << 9,
	ACT_ANNOUNCE		= 1 << 10, /* gratuitous ARP, unsolicited NA */
	/* the same, lower-priority settings */
	ACT_ANNOUNCE_WEAKER	= 1 << 11,
	ACT_IMPOSSIBLE		= 1 << 12 /* no such transition: a defect */
};

struct machine {
	usec_t		timer;			/* NEVER: off */
	uint32_t	interval_us;		/* Advertisement_Interval */
	uint32_t	active_interval_us;	/* Active_Adver_Interval */
	uint32_t	heard_interval_us; /* of the advertisement in hand */
	uint8_t		state;			/* enum machine_state */
	uint8_t		version;
	uint8_t		priority;		/* effective */
	uint8_t		down_adverts;		/* the 3 of the RFC */
	bool		preempt;
};

/* ---- State of the daemon ---------------------------------------------- */

/* As users, scripts and JSON know them; the numbers are keepalived's. */
enum vr_state { VR_INIT, VR_BACKUP, VR_MASTER, VR_FAULT, VR_STATES,
	VR_DELETED = 97, VR_STOP = 98 };

/* Why a virtual router cannot take part; FAULT while any bit is set. */
enum fault {
	FAULT_INTERFACE_ABSENT	= 1 << 0,
	FAULT_INTERFACE_DOWN	= 1 << 1,
	FAULT_LINK		= 1 << 2, /* not made, or not as it must be */
	FAULT_NO_ADDRESS	= 1 << 3,	/* nothing to send from */
	FAULT_TRACKED		= 1 << 4, /* a tracker of weight 0 failed */
	FAULT_NO_PEER		= 1 << 5,	/* unicast_fault_no_peer */
	FAULT_GROUP		= 1 << 6, /* another member of the group */
	FAULT_STOPPING		= 1 << 7,
	FAULT_PENDING		= 1 << 8, /* a check has no result yet: INIT */
	FAULT_GROUP_PENDING	= 1 << 9, /* ... of another member: INIT */
	FAULT_STARTUP		= 1 << 10,	/* too early: INIT */
	FAULT_MAINTENANCE	= 1 << 11	/* an operator asked for it */
};

/* Why a virtual router last changed its state; for logs. */
enum cause {
	CAUSE_START, CAUSE_OWNER, CAUSE_SILENCE, CAUSE_RESIGNED, CAUSE_BETTER,
	CAUSE_WEAKER, CAUSE_RECOVERED, CAUSE_STALLED,
	CAUSE_GROUP, CAUSE_FAULT, CAUSE_STOP, CAUSE_REMOVED
};

/*
 * COUNTERS: one line each: member, key in keepalived's JSON ("" for ours),
 * sentence.  From `length' on: why an advertisement was refused or suspected,
 * in the order of the checks.  32 bits, as SNMP's Counter32.
 */
#define COUNTERS(X) \
	X(received, "advert_rcvd", "advertisements accepted") \
	X(sent, "advert_sent", "advertisements sent") \
	X(became_master, "become_master", "times this router became MASTER") \
	X(released_master, "release_master", "times it ceased to be MASTER") \
	X(zero_received, "pri_zero_rcvd", "accepted ones of priority 0") \
	X(zero_sent, "pri_zero_sent", "sent ones of priority 0") \
	X(announced, "", "gratuitous ARP and unsolicited NA sent") \
	X(restored, "", "addresses put back after others removed them") \
	X(claimed, "", "ARP or NA of others that claim our address") \
	X(lower_received, "", "weaker advertisements heard while MASTER") \
	X(send_errors, "", "advertisements that the kernel refused") \
	X(length, "packet_len_err", "refused: wrong length") \
	X(auth_mismatch, "authtype_mismatch", "refused: other authentication") \
	X(own_source, "", "refused: from an address of this machine") \
	X(destination, "", "refused: multicast for unicast, or the reverse") \
	X(ttl, "ip_ttl_err", "refused: TTL or hop limit") \
	X(version, "", "refused: other VRRP version") \
	X(type, "invalid_type_rcvd", "refused: no advertisement") \
	X(checksum, "", "refused: wrong checksum") \
	X(hmac_missing, "auth_ext_missing", "refused: no HMAC in it") \
	X(hmac_malformed, "auth_ext_malformed", "refused: malformed HMAC") \
	X(hmac_key, "auth_ext_unknown_key", "refused: HMAC with unknown key") \
	X(hmac_failed, "auth_ext_invalid_hmac", "refused: wrong HMAC") \
	X(auth_type, "invalid_authtype", "refused: unknown authentication") \
	X(auth_failed, "auth_failure", "refused: wrong password or replay") \
	X(count_zero, "", "refused: no address in it") \
	X(interval, "advert_interval_err", "refused: other interval, or 0") \
	X(not_peer, "", "refused: sender is no configured peer") \
	X(hmac_stale, "auth_ext_stale", "refused: HMAC of another time") \
	X(hmac_replay, "auth_ext_replay", "refused: HMAC heard before") \
	X(ignored, "", "ignored: not taking part, or an owner that ignores") \
	X(interval_differs, "", "accepted: interval differs from ours") \
	X(address_list, "addr_list_err", "accepted: address list differs") \
	X(owner_heard, "", "accepted: heard by the address owner") \
	X(conflicts, "", "times it was told that another is MASTER too")

#define COUNTER_NUMBER(member, key, help) COUNT_##member,
enum counter { COUNTERS(COUNTER_NUMBER) COUNTER_KINDS };
#undef COUNTER_NUMBER

/* What every packet socket, interface and virtual router shares. */
#define GLOBAL_COUNTERS(X) \
	X(packets, "VRRP packets received") \
	X(short_packets, "too short to tell whose they are") \
	X(unknown_vrid, "with a VRID that is not configured") \
	X(unknown_interface, "by an interface that is not configured") \
	X(netlink_bad, "messages of the kernel that were not understood") \
	X(netlink_overruns, "times the kernel had to leave out messages") \
	X(late_wakeups, "times we were woken more than a second late")

#define GLOBAL_MEMBER(member, help) uint32_t member;
struct global_counters {
	GLOBAL_COUNTERS(GLOBAL_MEMBER)
	uint32_t	bfd[BFD_COUNTERS];
};
#undef GLOBAL_MEMBER

/* One entry of the timer heap; embedded in what it wakes. */
struct timer {
	usec_t		due;		/* never later than what it wakes for */
	uint32_t	slot;		/* place in the heap, or NO_SLOT */
	uint16_t	kind;		/* enum timer_kind */
	uint16_t	deferred;	/* it is in daemon.deferred */
};
enum timer_kind {
	TIMER_VR, TIMER_SCRIPT, TIMER_PROCESS, TIMER_INTERFACE, TIMER_NOTIFIER,
	TIMER_BFD, TIMER_DAEMON
};

/* An address that some interface of ours has, as the kernel reports it. */
struct local_address {
	struct nl_address news;
	uint32_t	next;			/* in the interface's list */
	bool		seen;			/* by the dump under way */
};

struct interface {
	uint32_t	ifindex;		/* 0: absent */
	struct timer	timer;		/* delays a change of flags */
	uint32_t	flags;			/* IFF_* */
	uint32_t	next_flags;		/* when the timer wakes */
	uint32_t	mtu;
	uint32_t	first_address;		/* UINT32_MAX: none */
	usec_t		announce_at[2];		/* pacing: v4, v6 */
	uint16_t	type;			/* ARPHRD_* */
	uint8_t		mac[6];
	bool		known; /* the kernel was asked for it */
	bool		seen;			/* by the dump under way */
	uint32_t	master;			/* bridge, bond or VRF above */
	uint32_t	table;			/* of a VRF */
	int8_t		settings[SETTINGS4];	/* as reported, or asked for */
	int8_t		before[SETTINGS4];	/* to be put back; UNKNOWN */
	bool		wants[SETTINGS4];	/* while we run */
};

/* What the kernel has of a conf_link. */
struct link {
	bool		there;			/* reported, or asked for */
	bool		up;			/* the same */
	bool		ours; /* made by us: it goes with us */
	bool		refused;		/* cannot be made: a fault */
	bool		stuck;			/* or cannot go up */
};

/* One configured virtual address and what the kernel has of it. */
struct vip {
	uint32_t	vr;
	uint32_t	next;			/* in the hash chain */
	uint16_t	address;		/* index in conf_vr.addresses */
	uint8_t		state;			/* enum vip_state */
	bool		foreign : 1;		/* others put it there */
	bool		seen : 1;		/* by the dump under way */
	bool		duplicate : 1; /* the kernel has it, and uses it not */
};
enum vip_state {
	VIP_ABSENT, VIP_ASKED, VIP_PRESENT, VIP_REMOVING, VIP_REFUSED,
	VIP_LEFT		/* to those who removed it: no_track */
};

/* What the kernel has of an entry. */
struct entry {
	uint32_t	hash;			/* nl_entry_hash */
	uint8_t		state;			/* enum vip_state */
	bool		foreign : 1;		/* others put it there */
	bool		seen : 1;		/* by the dump under way */
	bool		told : 1;		/* that the kernel refuses it */
};

#define ENTRY_REQUESTS	0x40000000U	/* numbers of requests about them */

/*
 * An address, an entry or a link that a reload took out of the configuration,
 * until it is gone: the request that removes it.
 */
struct orphan {
	uint8_t		*request;
	uint16_t	length;
	usec_t		remove_at;		/* NEVER: removed */
	bool		refused;		/* by the kernel, once */
};

/* A queued notify: which command, which state, at which priority. */
struct notice {
	uint8_t		kind;			/* enum notify_kind */
	uint8_t		state;			/* enum vr_state */
	uint8_t		priority;
};

#define NOTICES_MAX	8
#define NOTIFY_HOLD_US	(10 * SECOND_US) /* a hung one holds up the next */

/* The scripts of one instance or group, run one at a time and in order. */
struct notifier {
	struct timer	timer;
	uint32_t	token;			/* of the process, 0: idle */
	uint16_t	owner;			/* vr, or group with is_group */
	bool		is_group;
	uint8_t		count;
	struct notice	queue[NOTICES_MAX];
};

/* The latest that was heard of one router that authenticates itself. */
struct mark {
	struct ip	source;
	uint64_t	sequence;
};

#define MARKS_MULTICAST	4	/* of the senders that spoke last */

/* What a virtual router with AH or auth_hmac counts. */
struct auth {
	uint64_t	sequence;	/* sent last; AH: or heard */
	uint64_t	heard;		/* AH: the largest */
	struct mark	*marks;		/* one for each peer; multicast: the */
	uint16_t	mark_count;	/* latest first */
};

/*
 * A router that was heard, of a virtual router or of a VRID that is not
 * configured.  What it says of itself is what its last packet said, whether
 * that was accepted or not.
 */
struct speaker {
	usec_t		heard_at;
	usec_t		say_at;		/* what was said is said again */
	uint64_t	said;		/* bit per enum counter: told of */
	uint64_t	troubles;	/* the same: wrong with the last */
	uint32_t	next;		/* in its list; 0: none */
	uint32_t	heard, refused;
	uint32_t	interval_us;
	struct ip	source;
	uint8_t		vrid, priority, version;
	uint8_t		times_said;
	bool		plain;		/* version 3 over IPv4: its sum (D-1) */
};

#define SPEAKERS_MOST	8	/* of a virtual router, beside its peers */
#define STRANGERS_MOST	32	/* of VRIDs that are not configured */

/* A virtual router: RFC 9568's VR, keepalived's vrrp_instance. */
struct vr {
	const struct conf_vr *conf;
	struct auth	*auth;			/* NULL: no AH, no auth_hmac */
	struct machine	machine;
	struct timer	timer;			/* earliest of all below */
	uint32_t	faults;			/* enum fault */
	uint32_t	first_vip;		/* in daemon.vips */
	uint32_t	announce_left; /* frames of the burst under way */
	uint32_t	first_speaker;	/* in daemon.speakers; 0: none */
	usec_t		linger_until;		/* D-20; NEVER: not lingering */
	usec_t		restore_at;		/* addresses to be looked at */
	uint16_t	notifier;		/* or NONE */
	uint16_t	ip_id;
	bool		wanted;			/* addresses shall be there */
	bool		dirty;			/* in the work list */
	uint8_t		told; /* enum vr_state last notified */
	uint8_t		told_priority;
	uint8_t		active_priority;
	uint8_t		checksum_plain; /* the form that we send (D-1) */
	uint8_t		other_form; /* adverts of the other one in a row */
	uint8_t		answers;		/* left in the bucket (T5) */
	uint8_t		cause; /* enum cause of the last change */
	uint8_t		set_priority; /* by an operator; 0: configured */
	bool		wants_active;		/* waits for its sync group */
	bool		source_lost;		/* resign from it first */
	uint8_t		episodes; /* each within 10 s of the one before */
	uint8_t		conflicts_told; /* how often the one under way was */
	bool		keep_addresses;		/* -V */
	bool		backs_off : 1; /* additions wait for restore_at */
	bool		has_turn : 1;	/* to announce: its place has come */
	bool		robbed : 1; /* of addresses, which was not told yet */
	struct ip	source;			/* Primary_IP_Address */
	struct ip	active; /* whom we follow, or who spoke last */
	uint16_t	claimed; /* by another machine: which address */
	uint8_t		claimed_by[6];		/* and its MAC */
	uint32_t	again_repeat;		/* of the second burst */
	uint32_t	logged;	/* bit per enum counter, of the first 32 */
	usec_t		preempt_at; /* preempt_delay ends; NEVER: off */
	usec_t		announce_at; /* the burst under way; NEVER: none */
	usec_t		again_at;		/* the second burst */
	usec_t		refresh_at;
	usec_t		claim_at; /* a foreign claim is judged (D-15) */
	usec_t		claimed_at;		/* and was seen */
	usec_t		episode_at;		/* D-16: addresses were lost */
	usec_t		answered_at;		/* T5: bucket for answers */
	usec_t		weaker_at; /* T5: a weaker one was told of */
	usec_t		reminded_at; /* T5: and our addresses announced */
	usec_t		conflict_since, conflict_at; /* first and last sign */
	usec_t		unsent_at; /* the kernel refused an advertisement */
	usec_t		form_at; /* D-1: the other form began to insist */
	usec_t		last_advert;		/* last accepted, for the log */
	usec_t		changed_at;		/* last change of state */
};

struct script {
	struct timer	timer;
	usec_t		next_run;
	usec_t		deadline; /* of the run under way; NEVER */
	uint32_t	token;			/* of the process, 0: idle */
	uint32_t	result;			/* 0 .. rise + fall - 1 */
	uint8_t		status;			/* enum check_status */
	bool		timed_out, killed;
	int32_t		last_exit;
};
enum check_status { CHECK_PENDING, CHECK_FAILED, CHECK_GOOD };

struct file_state {
	int32_t		value;
	bool		known;
};

/* A tracked process: how many there are, and what follows from that. */
struct process_state {
	struct timer	timer;		/* delays what is to follow */
	uint32_t	count;
	uint8_t		status;		/* enum check_status */
};

/* A BFD session: the variables of RFC 5880 6.8.1. */
struct bfd {
	const struct conf_bfd *conf;
	struct timer	timer;		/* the earlier of the two below */
	usec_t		send_at;		/* NEVER: not of its own */
	usec_t		detect_at; /* the neighbour is silent then; NEVER */
	usec_t		answered_at;	/* bucket for what is told at once */
	uint32_t	mine, yours;		/* discriminators; 0: none */
	uint32_t	remote_tx_us, remote_rx_us;
	uint32_t	tx_us, rx_us; /* ours, as they were last confirmed */
	uint8_t		state, remote_state;	/* enum bfd_state */
	uint8_t		remote_multiplier;
	uint8_t		diagnostic;		/* enum bfd_diagnostic */
	uint8_t		status;			/* enum check_status */
	uint8_t		answers;		/* left in the bucket */
	bool		remote_demand, polling;
	struct ip	source;			/* learnt, if not configured */
};

struct sync_group {
	uint8_t		told; /* enum vr_state last notified */
	uint16_t	notifier;
};

/* What the world tells the daemon. */
enum event_kind {
	EVENT_TIME,		/* look at the timers */
	EVENT_FRAME,		/* a VRRP packet came */
	EVENT_NEIGHBOUR,	/* an ARP frame, or an NA message, came */
	EVENT_BFD, /* a control packet came; index: by several hops, or one */
	EVENT_NETLINK,		/* messages of the listening socket */
	EVENT_NETLINK_ERROR,	/* the kernel's answer to request `index` */
	EVENT_NETLINK_LOST,	/* the listening socket overran */
	EVENT_PROCESS, /* process `token` ended with wait status `value` */
	EVENT_FILE,		/* tracked file `index` holds `value` */
	EVENT_COUNT,	/* tracked process `index` runs `value` times */
	EVENT_RESEND,		/* the kernel refused an advert of vr `index` */
	EVENT_OPERATOR, /* vr `index`: enum operation in token, `value` */
	EVENT_SHUTDOWN,		/* TERM; a second one ends the lingering */
	EVENT_KINDS
};

/* What an operator can change while we run; it survives a reload. */
enum operation {
	OPERATION_MAINTENANCE, /* value: on or off, its sync group with it */
	OPERATION_PRIORITY /* value: 1-254, or 0 as configured */
};

/*
 * An EVENT_NETLINK without bytes marks the stages of a dump, in `value`.  One
 * that the kernel could not finish begins again with DUMP_LINKS.
 */
enum dump_mark {
	DUMP_LINKS = 1,		/* what follows tells all links */
	DUMP_ADDRESSES,		/* now all addresses */
	DUMP_DONE		/* all has been told */
};

struct event {
	enum event_kind	kind;
	bool		drained; /* TIME: all that came before is read */
	uint8_t		family;		/* FRAME, NEIGHBOUR: 4 or 6 */
	uint8_t		protocol;	/* FRAME: 112, or 51 */
	uint8_t		hop_limit;	/* FRAME, NEIGHBOUR over IPv6 */
	uint32_t	ifindex;
	uint32_t	index, token;
	int32_t		value;
	usec_t		wall_us;	/* TIME: real time less monotonic */
	struct ip	source, destination;	/* FRAME over IPv6, BFD */
	const uint8_t	*bytes;		/* FRAME over IPv4: with IP header; */
					/* NEIGHBOUR: Ethernet frame, ICMPv6 */
	size_t		length;
};

/* What an operator asks for. */
enum request {
	COMMAND_STATUS, COMMAND_EXPLAIN, COMMAND_EVENTS, COMMAND_PEERS,
	COMMAND_MAINT, COMMAND_PRIO, COMMAND_RELOAD, COMMAND_STOP,
	COMMAND_CHECK, COMMANDS
};
enum report_format {
	REPORT_TEXT, REPORT_VERBOSE, REPORT_BRIEF, REPORT_STATES, REPORT_JSON,
	REPORT_METRICS, REPORT_COMPATIBLE
};

#define REPORT_PIECE	2048	/* bytes of an answer that come at once */
#define REPORT_NAME	128	/* of the instance that is asked for */

/* An answer that is being given, piece by piece. */
struct report {
	uint8_t		command;		/* enum request */
	uint8_t		format;			/* enum report_format */
	bool		follow;			/* what happens, too */
	bool		listens;		/* for MAC addresses */
	bool		any;			/* something was given */
	uint32_t	at, item, part;		/* what comes next */
	char		name[REPORT_NAME];	/* "": all instances */
	uint8_t		(*macs)[6];	/* of daemon.speakers; NULL: unknown */
};

/* The whole daemon as a value. */
struct daemon {
	const struct conf *conf;
	struct effects	*out;
	struct vr	*vrs;
	/*
	 * The counters of virtual routers: for each enum counter one number of
	 * each of them, so that what never happens has pages that nobody
	 * touches, which take no memory.
	 */
	uint32_t	*counts;
	struct interface *interfaces;
	struct link	*links;
	struct vip	*vips;
	struct entry	*entries;		/* one for each of conf's */
	struct script	*scripts;
	struct local_address *locals;
	struct timer	**heap;
	struct process_state *processes;
	struct speaker	*speakers;	/* the first is for want of room */
	uint8_t		*request;	/* in the making: NETLINK_MAX bytes */
	uint32_t	vip_count, vip_hash_mask;
	uint32_t	heap_count;
	uint32_t	notifier_count, orphan_count;
	bool		dumped; /* the kernel has told all once */
	bool		kernel_tags;		/* it reports IFA_PROTO */
	bool		stopping, stopped;
	usec_t		start_at;		/* startup delay ends */
	usec_t		stop_at;		/* shutdown waits no longer */
	usec_t		answer_at;		/* for answers about orphans */
	usec_t		clean_at;		/* remainders: once more */
	bool		cleaning;		/* by the next dump */
	bool		clean_refused;		/* by the kernel, once */
	usec_t		wall_us;		/* real time less monotonic */
	usec_t		heard_wall_us;	/* the same, while it is not set */
	usec_t		statics_at; /* static entries are looked at */
	usec_t		statics_restored;	/* when that was so last */
	struct sync_group *groups;
	struct file_state *files;
	struct bfd	*bfds;
	struct notifier	*notifiers;
	struct orphan	*orphans;
	uint32_t	*vip_hash;		/* heads of chains in vips */
	struct timer	**deferred;		/* popped, to be put back */
	uint16_t	*by_key; /* vrs in order of their wire key */
	uint16_t	*work; /* vrs whose addresses want care */
	uint32_t	heap_capacity, deferred_count;
	uint32_t	work_head, work_count;
	uint32_t	local_capacity, local_used, local_free, locals_lost;
	uint32_t	last_token;		/* of processes */
	uint32_t	random;			/* the last random number */
	struct timer	timer; /* start, orphans, remainders, stop */
	bool		reload_refused;		/* the file is another one */
	bool		keep_addresses;		/* -V: do not release at exit */
	bool		release_all;		/* -X */
	uint16_t	last_new;	/* the interface that came last */
	bool		log_addresses;		/* -a */
	bool		no_bfd;			/* -B */
	bool		tracks_sources;		/* by some track_src_ip */
	bool		shared;	/* another daemon's marks are to be seen */
	struct global_counters counters;
	uint32_t	speaker_count, speaker_capacity;
	uint32_t	first_stranger;
};

#endif
