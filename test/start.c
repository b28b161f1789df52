/* SPDX-License-Identifier: ISC */
/*
 * Goal: what is missing when the daemon starts is named, and costs only what
 * cannot do without: rights, sockets, descriptors, memory, files, processors;
 * programs run as whom they shall, when they shall, and no longer.
 * Method: the whole daemon on a clock of our own (outside.h), in a process from
 * which something was taken, or with a call that fails.
 */
#include "outside.h"
#include <linux/capability.h>

/* Plays with one call failing from the n-th time on. */
static int
play_failing(const char *line, const char *name, unsigned nth, unsigned times,
    int error)
{
	play.name = name;
	play.failing = nth;
	play.times = times;
	play.error = error;
	return play_steps(line, serves);
}

/* Plays with something done before main. */
static int
play_after(void (*before)(void), const char *line)
{
	play.before = before;
	return play_steps(line, serves);
}

/* The usual configuration, with lines before and behind it. */
static void
conf_with(const char *before, const char *behind)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s%s", before, outside_conf, behind);
	write_file("conf", text);
}

/* -- sockets -- */

static void
test_sockets(void)
{
	/* in the order in which they are opened */
	static const struct {
		unsigned	nth;
		int		error, status;
		const char	*said;
	} rows[] = {
		{ 1, EPERM, 4, "receive VRRP over IPv4: Operation not "
		    "permitted; CAP_NET_RAW is missing (not root?)" },
		{ 2, EACCES, 4, "VRRP in AH: Permission denied; CAP_NET_RAW" },
		{ 3, EAFNOSUPPORT, 4, "send VRRP over IPv4: Address family not "
		    "supported; the kernel lacks CONFIG_INET\n" },
		{ 4, EPROTONOSUPPORT, 4, "Protocol not supported; the kernel "
		    "lacks CONFIG_IPV6\n" },
		{ 7, EAFNOSUPPORT, 4, "lacks CONFIG_PACKET" },
		{ 8, ESOCKTNOSUPPORT, 4, "lacks CONFIG_NET\n" },
		{ 9, ENFILE, 4, "set addresses: Too many open files in" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_INT(play_failing("vrrpd -n -l -f conf", "socket",
		    rows[i].nth, 1, rows[i].error), rows[i].status);
		CHECK(holds("err", rows[i].said));
		CHECK(access("/run/vrrpd.pid", F_OK) != 0);
		CHECK_INT(lan_heard().advert4, 0);
	}
	/* a kernel without IPv6 serves IPv4 */
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "socket", 4, 3,
	    EAFNOSUPPORT), 0);
	CHECK_INT(outside->notes[0], 1);
	CHECK(lan_heard().advert4 >= 3);
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "bind", 1, 1, ENOMEM), 4);
	CHECK(holds("err", "cannot bind a socket: Cannot allocate memory"));
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "bind", 2, 1, EPERM), 4);
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "capget", 1, 1, EPERM),
	    0);
	check_served();
	CHECK_INT(play_failing("vrrpd -f conf", "signalfd4", 1, 1, EMFILE), 4);
	CHECK(holds("err", "cannot be told of signals: Too many open files"));
}

/* Options that are needed are; the others only improve things. */
static void
test_options(void)
{
	unsigned refused = 0, served = 0;

	for (unsigned n = 1; n <= 45; n++) {
		int status = play_failing("vrrpd -n -l -f conf", "setsockopt",
		    n, 1, ENOBUFS);

		refused += status == 4;
		served += status == 0 && outside->notes[0] == 1 &&
		    outside->notes[1] == 1;
		CHECK(status == 0 || holds("err", "cannot set up a socket: "
		    "option "));
	}
	CHECK_INT(refused, 11);
	CHECK_INT(served, 45 - 11);
}

/* -- rights and resources -- */

static void
without(unsigned capability)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	syscall(SYS_capget, &header, sets);
	sets[0].effective &= ~(1U << capability);
	sets[0].permitted &= ~(1U << capability);
	syscall(SYS_capset, &header, sets);
}

static void
without_admin(void)
{
	without(CAP_NET_ADMIN);
}

static void
without_raw(void)
{
	without(CAP_NET_RAW);
}

static int spare;		/* of those that select can wait for */

/* All but these are in use. */
static void
without_descriptors(void)
{
	struct rlimit limit = { 4096, 4096 };
	int fd = open("/dev/null", O_RDONLY);

	setrlimit(RLIMIT_NOFILE, &limit);
	while (fd >= 0 && fd < FD_SETSIZE - 1 - spare)
		fd = dup(fd);
}

static void
without_standard_files(void)
{
	close(0);
	close(1);
	close(2);
}

static void
without_environment(void)
{
	clearenv();
}

static void
test_rights(void)
{
	CHECK_INT(play_after(without_admin, "vrrpd -n -l -f conf"), 4);
	CHECK(holds("err", "CAP_NET_ADMIN is missing (not root?)"));
	CHECK_INT(play_after(without_raw, "vrrpd -f conf"), 4);
	CHECK(holds("err", "CAP_NET_RAW is missing (not root?)"));
	for (spare = 2; spare <= 11; spare++) {
		CHECK_INT(play_after(without_descriptors, "vrrpd -n -l -f "
		    "conf --control none"), 4);
		CHECK(holds("err", "Too many open files"));
	}
	CHECK_INT(play_after(without_standard_files, "vrrpd -n -l -f conf"), 0);
	check_served();
	play.moved = "/dev/null";		/* "/" keeps the places then */
	play.to = "/proc/none";
	CHECK_INT(play_after(without_standard_files, "vrrpd -n -l -f conf"), 0);
	check_served();
	play.name = "openat";
	play.failing = 1;
	play.times = 2;
	play.error = EMFILE;
	CHECK_INT(play_after(without_standard_files, "vrrpd -n -l -f conf"), 1);
	play.moved = "/dev/null";		/* in the background, too */
	play.to = "/proc/none";
	CHECK_INT(play_after(without_environment, "vrrpd -f conf"), 0);
	CHECK_INT(daemon_status, 0);
	check_served();
}

/* -- memory -- */

/* Without any it does not start; what it has is enough to say so. */
static void
test_memory(void)
{
	int last = -1;

	for (unsigned n = 1; n <= 12; n++) {
		int status = play_failing("vrrpd -n -l -d -f conf", "mmap", n,
		    1, ENOMEM);

		CHECK(status == 0 || status == 1 || status == 2);
		/* a directory that cannot be read may lack memory, too */
		CHECK(status == 0 || *read_file("err") != '\0');
		CHECK(n > 1 || holds("err", "cannot start: Cannot allocate"));
		last = status;
	}
	CHECK_INT(last, 0);
}

/* -- the background -- */

static void
test_background(void)
{
	CHECK_INT(play_failing("vrrpd -f conf", "pipe", 1, 1, EMFILE), 1);
	CHECK(holds("err", "no process for the background: Too many open"));
	CHECK_INT(play_failing("vrrpd -f conf", "fork", 1, 1, EAGAIN), 1);
	CHECK(holds("err", "no process for the background: Resource"));
	CHECK_INT(play_failing("vrrpd -f conf", "dup2", 2, 1, EBADF), 0);
	CHECK_INT(daemon_status, 0);
	check_served();
	CHECK_INT(play_failing("vrrpd -gfile -f conf", "chdir", 1, 1, EACCES),
	    0);
	check_served();
	CHECK(holds("file", "cannot let go of the terminal and the directory"));
	/* the daemon cannot say that it serves: who called does not believe */
	CHECK_INT(play_failing("vrrpd -G -f conf", "write", 2, 9, EPIPE),
	    1);
	CHECK(holds("err", "does not say that it serves: it has ended"));
}

/* -- how the process runs -- */

static void
without_nice(void)
{
	struct rlimit none = { 0, 0 };

	without(CAP_SYS_NICE);
	without(CAP_IPC_LOCK);
	without(CAP_SYS_RESOURCE);
	setrlimit(RLIMIT_NICE, &none);
	setrlimit(RLIMIT_RTPRIO, &none);
	setrlimit(RLIMIT_MEMLOCK, &none);
	setrlimit(RLIMIT_RTTIME, &none);
}

static void
test_process(void)
{
	conf_with("global_defs {\n"
	    "	vrrp_priority -5\n"
	    "	vrrp_rt_priority 3\n"
	    "	vrrp_rlimit_rttime 10000\n"
	    "	vrrp_cpu_affinity 255\n"
	    "	vrrp_no_swap\n"
	    "}\n", "");
	play.name = "mlockall";			/* ASan has none */
	play.failing = play.times = 1;
	play.error = EPERM;
	CHECK_INT(play_after(without_nice, "vrrpd -n -l -f conf"), 0);
	check_served();
	CHECK(holds("err", "vrrp_priority: Permission denied"));
	CHECK(holds("err", "vrrp_rt_priority: Operation not permitted"));
	CHECK(holds("err", "vrrp_cpu_affinity: Invalid argument"));
	CHECK(holds("err", "vrrp_no_swap: Operation not permitted"));
	CHECK(holds("err", "vrrp_rlimit_rttime: Operation not permitted"));
	conf_with("global_defs {\n	vrrp_cpu_affinity 0\n"
	    "	umask 0137\n	log_unknown_vrids\n}\n", "");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
	CHECK(strstr(read_file("err"), "affinity") == NULL);
}

/* -- programs that run once -- */

static void
test_once(void)
{
	conf_with("global_defs {\n"
	    "	script_user root\n"
	    "	startup_script \"/bin/sh -c 'echo up >>/run/outside/once'\"\n"
	    "	shutdown_script \"/bin/sh -c 'exit 3'\"\n"
	    "}\n", "");
	unlink("once");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
	CHECK_STR(read_file("once"), "up\n");
	CHECK(holds("err", "shutdown_script: it failed (status 3)"));
	conf_with("global_defs {\n"
	    "	script_user root\n"
	    "	startup_script \"/bin/sleep 1000\"\n"
	    "	startup_script_timeout 5\n"
	    "	shutdown_script \"/bin/sh -c 'kill -9 $$'\"\n"
	    "}\n", "");
	play.impatient = true;
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 14000, step_addresses }, { 15000, step_term }, { 0, NULL } }), 0);
	check_served();
	CHECK(holds("err", "startup_script: killed as it took too long"));
	play.impatient = true;			/* HUP comes again after it */
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 1000, step_hup }, { 2000, step_term }, { 0, NULL } }), 0);
	CHECK(holds("err", "startup_script: killed as a signal ends vrrpd"));
	CHECK(!has_address("10.0.0.100"));
}

/* -- programs -- */

/* A program tells who runs it. */
static void
test_user(void)
{
	const char *told;

	write_file("tell", "#!/bin/sh\n{ id -u; id -g; id -G; "
	    "grep -h -e SigBlk -e SigIgn /proc/self/status; } >$1\n");
	chmod("tell", 0755);
	conf_with("global_defs {\n	script_user max\n}\n"
	    "vrrp_script ok {\n	script \"/run/outside/tell /run/as/max\"\n"
	    "	interval 1000\n}\n", "vrrp_instance V7 {\n"
	    "	interface eth0\n	virtual_router_id 7\n"
	    "	version 3\n	virtual_ipaddress {\n		10.0.0.7\n"
	    "	}\n	track_script {\n		ok\n	}\n}\n");
	mkdir("/run/as", 0777);
	chmod("/run/as", 0777);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
	told = read_file("/run/as/max");
	if (*told == '\0')
		printf("not shown: another user: %s", read_file("err"));
	else
		CHECK(strncmp(told, "1000\n1001\n1001\n"
		    "SigBlk:\t0000000000000000\n"
		    "SigIgn:\t0000000000000000\n", 65) == 0);
	CHECK(holds("err", *told == '\0' ? "script ok: " : "script ok: good"));
}

/* When memory is short, others end first, unless somebody chose otherwise. */
static void
test_outlives(void)
{
	static const struct { const char *before, *script, *after; } rows[] = {
		{ "0\n", "", "-1000\n" }, { "300\n", "", "300\n" },
		{ "-17\n", "", "-17\n" }, { "", "", "" },
		{ "0\n", "global_defs {\n	startup_script /bin/true\n}\n",
		  "0\n000\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf_with(rows[i].script, "");
		write_file("oom", rows[i].before);
		play.moved = "/proc/self/oom_score_adj";
		play.to = i == 3 ? "/proc/none" : "/run/outside/oom";
		CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
		check_served();
		CHECK_STR(read_file("oom"), rows[i].after);
		CHECK(strstr(read_file("err"), "oom") == NULL);
	}
}

/* As many files may be open as the system lets us. */
static void
before_few(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 8;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void
test_few(void)
{
	conf_with("", "");
	play.before = before_few;
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
}

/* What became insecure after the start is not run by root (T10). */
static void
step_insecure(void)
{
	chmod("/run/outside/tell", 0777);
}

static void
test_insecure(void)
{
	conf_with("global_defs {\n	script_user root\n"
	    "	enable_script_security\n}\n"
	    "vrrp_script ok {\n	script \"/run/outside/tell /dev/null\"\n"
	    "	interval 3\n}\n", "vrrp_instance V7 {\n"
	    "	interface eth0\n	virtual_router_id 7\n"
	    "	version 3\n	virtual_ipaddress {\n		10.0.0.7\n"
	    "	}\n	track_script {\n		ok\n	}\n}\n");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 4000, step_insecure }, { 8000, step_addresses },
	    { 9000, step_term }, { 0, NULL } }), 0);
	chmod("tell", 0755);
	check_served();
	CHECK(holds("err", "/run/outside/tell: cannot be run: others than "
	    "root could replace it"));
	CHECK(holds("err", "V7: MASTER -> FAULT"));
}

/* -- FIFOs and tracked files -- */

static void
test_fifo(void)
{
	conf_with("global_defs {\n	script_user root\n"
	    "	vrrp_notify_fifo /run/outside/fifo\n"
	    "	vrrp_notify_fifo_script /bin/true\n}\n", "");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
	CHECK(holds("err", "the reader of /run/outside/fifo has ended: events "
	    "are not acted upon"));
	CHECK(access("fifo", F_OK) != 0);
	/* nobody reads: the first that does not fit is said, the rest not */
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "fstatat", 1, 1 << 30,
	    EIO), 2);
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "mkfifo", 1, 1, EROFS),
	    0);
	CHECK(holds("err", "/run/outside/fifo: no events are written: "
	    "Read-only file system"));
	check_served();
	write_file("fifo", "a file\n");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
	check_served();
	CHECK(holds("err", "no events are written: not a FIFO"));
	CHECK_STR(read_file("fifo"), "a file\n");
	unlink("fifo");
	if (mkfifo("fifo", 0600) != 0 || chown("fifo", 1000, 1001) != 0) {
		printf("not shown: a FIFO of another user\n");
	} else {
		CHECK_INT(play_steps("vrrpd -n -l -f conf", serves), 0);
		CHECK(holds("err", "are written: belongs to another user"));
	}
	unlink("fifo");
}

/* A FIFO that we make belongs to whom the configuration says. */
static void
step_fifo_owner(void)
{
	struct stat status;

	if (stat("/run/outside/fifo", &status) == 0) {
		outside->notes[2] = (int)status.st_uid;
		outside->notes[3] = (int)status.st_gid;
	}
}

static void
test_fifo_owner(void)
{
	static const struct step steps[] = { { 7000, step_fifo_owner },
	    { 8000, step_addresses }, { 9000, step_term }, { 0, NULL } };

	conf_with("global_defs {\n	script_user root\n"
	    "	vrrp_notify_fifo /run/outside/fifo max\n}\n", "");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", steps), 0);
	if (outside->notes[2] == 0) {
		printf("not shown: a FIFO for another user\n");
		return;
	}
	check_served();
	CHECK_INT(outside->notes[2], 1000);
	CHECK_INT(outside->notes[3], 1001);
	play.name = "fchown";
	play.failing = play.times = 1;
	play.error = EPERM;
	CHECK_INT(play_steps("vrrpd -n -l -f conf", steps), 0);
	CHECK(holds("err", "no events are written: Operation not permitted"));
}

/* Tracked files below a directory that is not there, or goes. */
static void
step_directory_goes(void)
{
	rename("/run/outside/tracked", "/run/outside/gone");
	mkdir("/run/outside/tracked", 0755);
	write_file("/run/outside/tracked/b", "9\n");
}

static void
step_touch(void)
{
	write_file("/run/outside/tracked/b", "5\n");
	play.expects = true;
}

static void
test_files(void)
{
	conf_with("track_file a {\n"
	    "	file /proc/none/a\n	init_file 3\n}\n"
	    "track_file b {\n	file /run/outside/tracked/b\n"
	    "	init_file 4 overwrite\n}\n",
	    "vrrp_instance V7 {\n"
	    "	interface eth0\n	virtual_router_id 7\n"
	    "	version 3\n	virtual_ipaddress {\n		10.0.0.7\n"
	    "	}\n	track_file {\n		a weight 1\n"
	    "		b weight 1\n	}\n}\n");
	mkdir("tracked", 0755);
	write_file("tracked/b", "17\n");
	CHECK_INT(play_steps("vrrpd -n -l -D -f conf", (const struct step[]){
	    { 5000, step_touch }, { 6000, step_directory_goes },
	    { 7000, step_hup }, { 8000, step_addresses }, { 9000, step_term },
	    { 0, NULL } }), 0);
	check_served();
	CHECK(holds("err", "/proc/none/a: cannot be written: No such file"));
	CHECK(holds("err", "/proc/none/a: is only read once a second: "
	    "/proc/none/: No such file"));
	CHECK(holds("err", "V7: priority 104 -> 105"));
	CHECK_STR(read_file("gone/b"), "5\n");
	CHECK_STR(read_file("tracked/b"), "9\n");	/* not at a reload */
	/* a kernel without inotify, or without room */
	mkdir("tracked", 0755);
	CHECK_INT(play_failing("vrrpd -n -l -f conf", "inotify_init1", 1, 1,
	    EMFILE), 0);
	check_served();
	CHECK(holds("err", "/proc/none/a: is only read once a second: "
	    "/proc/none/: Too many open files"));
}

/* -- reload_time_file -- */

static void
step_when(void)
{
	write_file("/run/outside/when", "22:13:28Z\n");
}

static void
test_reload_time(void)
{
	conf_with("global_defs {\n"
	    "	reload_time_file /run/outside/when\n}\n", "");
	write_file("when", "tomorrow\n");
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 4000, step_when }, { 11000, step_addresses },
	    { 12000, step_term }, { 0, NULL } }), 0);
	check_served();
	CHECK(holds("err", "/run/outside/when: 'tomorrow' is no time"));
	CHECK(holds("err", "/run/outside/when: it is 22:13:28Z"));
	CHECK(holds("err", "the configuration was reloaded"));
	CHECK(access("when", F_OK) != 0);
}

/* -- names -- */

static void
step_names(void)
{
	outside->notes[2] = access("/run/keepalived/vrrpd_left.pid", F_OK) == 0;
	kill(getpid(), SIGUSR2);
}

static void
test_names(void)
{
	conf_with("instance left\nuse_pid_dir\nglobal_defs {\n"
	    "	data_use_instance\n}\n", "");
	setenv("TMPDIR", "/run/outside", 1);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 5000, step_names }, { 8000, step_addresses },
	    { 9000, step_term }, { 0, NULL } }), 0);
	unsetenv("TMPDIR");
	check_served();
	CHECK_INT(outside->notes[2], 1);
	CHECK(holds("keepalived_left.stats", "VRRP Instance: V6"));
	conf_with("", "");
	/* the default file, which keepalived does not take */
	write_file("/etc/vrrpd.conf", read_file("conf"));
	CHECK_INT(play_steps("vrrpd -n -l", serves), 0);
	check_served();
	CHECK_INT(play_steps("keepalived -n -l", serves), 6);
	unlink("/etc/vrrpd.conf");
}

int
main(void)
{
	if (!outside_begin())
		return check_good == 0 && check_bad == 0 ? 0 : 1;
	conf_with("", "");
	test_sockets();
	test_options();
	test_rights();
	test_memory();
	test_background();
	test_process();
	test_once();
	test_user();
	test_outlives();
	test_few();
	test_insecure();
	test_fifo();
	test_fifo_owner();
	test_files();
	test_reload_time();
	test_names();
	return check_end("start");
}
