/* SPDX-License-Identifier: ISC */
/*
 * Goal: the command line, the background, pid files, the log in all its places,
 * signals, reloads and dumps, namespaces: each does what the manual says, and
 * says what it cannot do.
 * Method: the whole daemon on a clock of our own (outside.h), judged by its
 * exit status, its words, the kernel's addresses and the frames on its LAN.
 */
#include "outside.h"

static const char conf[] =
    "global_defs {\n"
    "	router_id r\n"
    "	script_user root\n"
    "}\n";

/* -- the command line -- */

/* What is asked, the exit status, and what is said. */
static const struct asked {
	const char	*line;
	int		status;
	const char	*said;
	bool		on_stdout;
} asked[] = {
	{ "vrrpd -h", 0, "usage: vrrpd [options]", true },
	{ "vrrpd --help", 0,
	    "  -f, --use-file=FILE               read this", true },
	{ "vrrpd --help", 0,
	    "      --print-config                print the", true },
	{ "vrrpd --help", 0, "takes commands: vrrpd help", true },
	{ "keepalived --help", 0, "usage: vrrpd [options]", false },
	{ "vrrpd -v", 0, "vrrpd " VRRPD_VERSION ", takes keepalived", true },
	{ "keepalived -v", 0, "Keepalived v2.", false },
	{ "/usr/sbin/keepalived --version", 0, "Keepalived v2.", false },
	{ "vrrpd --keywords", 0, "virtual_router_id", true },
	{ "vrrpd --signum=STOP", 0, "15\n", true },
	{ "vrrpd --signum JSON", 0, "36\n", true },
	{ "vrrpd --signum=NONE", 1, "there is no signal NONE", false },
	{ "vrrpd -Z", 1, "there is no option -Z", false },
	{ "vrrpd -nlZ", 1, "there is no option -Z", false },
	{ "vrrpd -f", 1, "option -f needs a value", false },
	{ "vrrpd --use-file", 1, "option --use-file needs a value", false },
	{ "vrrpd --help=3", 1, "option --help takes no value", false },
	{ "vrrpd -g -f conf", 1, "-g needs a file", false },
	{ "vrrpd -C -f conf", 1, "-C asks for LVS checkers only", false },
	{ "vrrpd -f conf --vrid 1 10.0.0.9", 1, "exclude each other", false },
	{ "vrrpd --vird 1", 1, "vird", false },
	{ "vrrpd -t --ready-fd x -f conf", 1, "--ready-fd needs", false },
	{ "vrrpd -t --ready-fd 2 -f conf", 1, "--ready-fd needs", false },
	{ "vrrpd -t --ready-fd 3 -f conf", 0, "", false },
	{ "vrrpd -t --control-mode 1000 -f conf", 1, "--control-mode needs",
	    false },
	{ "vrrpd -t --control-mode rw -f conf", 1, "--control-mode needs",
	    false },
	{ "vrrpd -t --control-mode 777 -f conf", 0, "", false },
	{ "vrrpd -n -S 8 -f conf", 1, "-S 8: a facility is", false },
	{ "vrrpd -n -S local8 -f conf", 1, "-S local8: a facility", false },
	{ "vrrpd -n -S mail -f conf", 1, "-S mail: a facility", false },
	{ "vrrpd -n -S -1 -f conf", 1, "-S -1: a facility", false },
	{ "vrrpd -t -S 8 -f conf", 1, "-S 8: a facility is", false },
	{ "vrrpd -t -S= -f conf", 1, "-S =: a facility is", false },
	{ "vrrpd -n -u 1000 -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t -u 01000 -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t -u 999 -f conf", 1, "as 022, up to 0777", false },
	{ "vrrpd -t -u 089 -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t --umask= -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t -u rwx -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t -u -1 -f conf", 1, "-u needs an octal", false },
	{ "vrrpd -t -u 0777 -f conf", 0, "", false },
	{ "vrrpd -t -u 0 -f conf", 0, "", false },
	{ "vrrpd -t -u 22 -f conf", 0, "", false },	/* as keepalived */
	{ "vrrpd -t --control-mode= -f conf", 1, "--control-mode needs",
	    false },
	{ "vrrpd -t --ready-fd= -f conf", 1, "--ready-fd needs", false },
	{ "vrrpd -n -g/proc/none/log -f conf", 1,
	    "/proc/none/log: No such file", false },
	{ "vrrpd -t -f conf", 0, "", false },
	{ "vrrpd -t/proc/none/log -f conf", 1,
	    "/proc/none/log: No such file", false },
	{ "vrrpd -t -f error", 5, "would run: yes", false },
	{ "vrrpd -t -f fatal", 4, "1 error, 0 warnings; would run: no", false },
	{ "vrrpd -t -f two", 5, "2 errors, ", false },
	{ "vrrpd --print-config -f conf", 0, "virtual_router_id 51", true },
	{ "vrrpd --print-config -f fatal", 4, "virtual_router_id", false },
	{ "vrrpd -n -f fatal", 2, "virtual_router_id", false },
	{ "vrrpd -n --strict-config -f error", 2,
	    "the configuration has errors (--strict-config)", false },
	{ "vrrpd -n -f absent", 6, "No such file or directory", false },
	{ "vrrpd -n -f /run", 6, "/run", false },
	{ "vrrpd -n", 6, "/etc/vrrpd.conf", false },
	{ "keepalived -n", 6, "/etc/keepalived/keepalived.conf", false },
	{ "vrrpd scan lo 1 2", 1, "scan INTERFACE [SECONDS] [-j]", false },
	{ "vrrpd scan lo 0", 1, "scan INTERFACE [SECONDS] [-j]", false },
	{ "vrrpd -n --interface eth0 10.0.0.9", 2, "virtual_router_id", false },
	{ "vrrpd -n -s none -f conf", 2,
	    "network namespace none: No such file", false },
	{ "vrrpd -n -s ../none -f conf", 2, "not a name of ip-netns", false },
	{ "vrrpd -n -s file -f conf", 2,
	    "network namespace file: Invalid argument", false },
	{ "vrrpd -n -f elsewhere", 2, "network namespace none: No", false },
	{ "vrrpd -n -l -f elsewhere", 2, "network namespace none: No", false },
	{ "vrrpd -p /proc/none/pid -f conf", 1,
	    "/proc/none/pid: No such file", false },
	{ "vrrpd -n -f dir/include", 2, "none", false },
};

static void
test_asked(void)
{
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const struct asked *a = &asked[i];
		bool as_said;

		/* those that serve all the same end at once */
		check_int(play_run(a->line, "out"), a->status, a->line);
		as_said = holds(a->on_stdout ? "out" : "err", a->said);
		check(as_said, a->line);
		/* who reads stdout finds nothing else there */
		CHECK(a->on_stdout || *read_file("out") == '\0');
	}
}

/* What cannot be printed is an error; what goes to -tLOG does not go to us. */
static void
test_output(void)
{
	CHECK_INT(play_run("vrrpd --print-config -f conf", "/dev/full"), 1);
	CHECK(holds("err", "standard output: No space"));
	CHECK_INT(play_run("vrrpd -n -gstrict --strict-config -f error",
	    "out"), 2);
	CHECK(holds("strict", "the configuration has errors"));
	CHECK_INT(play_run("vrrpd help", "/dev/full"), 1);
	CHECK(holds("err", "standard output: No space"));
	CHECK_INT(play_run("vrrpd --keywords", "/dev/full"), 1);
	CHECK(holds("err", "standard output: No space"));
	CHECK_INT(play_run("vrrpd -tfound -f error", "out"), 5);
	CHECK_STR(read_file("err"), "");
	CHECK(holds("found", "no_such_keyword"));
	/* a stdout that takes little at a time, and is interrupted, gets all */
	play.short_write = 7;
	CHECK_INT(play_run("vrrpd --signum=STATS_CLEAR", "out"), 0);
	CHECK_STR(read_file("out"), "63\n");
	play.name = "write";
	play.failing = play.times = 1;
	play.error = EINTR;
	CHECK_INT(play_run("vrrpd --signum=RELOAD", "out"), 0);
	CHECK_STR(read_file("out"), "1\n");
	play.name = "write";
	play.failing = play.times = 1;		/* takes nothing, ever */
	play.error = 0;
	CHECK_INT(play_run("vrrpd --signum=RELOAD", "out"), 1);
	CHECK_STR(read_file("out"), "");
}

/* A program without even a name. */
static void
test_no_name(void)
{
	CHECK_INT(play_run("", "out"), 6);
	CHECK(holds("err", "vrrpd.conf"));
}

/* -- serving -- */

/* The pid file is there while it serves, and readable. */
static void
step_pid(void)
{
	struct stat status;

	outside->notes[2] = stat("/run/vrrpd.pid", &status) == 0 ?
	    (int)status.st_mode & 0777 : 0;
	outside->notes[3] = atoi(read_file("/run/vrrpd.pid")) == getpid();
}

static void
test_foreground(void)
{
	static const struct step steps[] = { { 7000, step_pid },
	    { 8000, step_addresses }, { 9000, step_term }, { 0, NULL } };

	CHECK_INT(play_steps("vrrpd -n -l -d -D -f conf", steps), 0);
	check_served();
	CHECK_INT(outside->notes[2], 0644);
	CHECK_INT(outside->notes[3], 1);
	CHECK(access("/run/vrrpd.pid", F_OK) != 0);
	CHECK(holds("err", "V4: BACKUP -> MASTER"));
	CHECK(holds("err", "virtual_router_id 52"));		/* -d */
	CHECK_INT(play_steps("vrrpd -n -u 077 -m -f conf", steps), 0);
	CHECK_INT(outside->notes[2], 0600);
	/* in the foreground a pid file is a convenience only (T25) */
	CHECK_INT(play_steps("vrrpd -n -p /proc/none/pid -f conf", serves), 0);
	check_served();
	CHECK(holds("err", "/proc/none/pid: No such file"));
	CHECK_INT(play_steps("vrrpd -n -f dir/conf", serves), 0);
	check_served();
}

/* The caller gets the status; the one that serves has let go of everything. */
static void
step_background(void)
{
	struct stat status, null;
	char path[64] = "";

	stat("/dev/null", &null);
	for (int fd = 0; fd <= 2; fd++)
		outside->notes[4] += fstat(fd, &status) == 0 &&
		    status.st_rdev == null.st_rdev;
	outside->notes[5] = getcwd(path, sizeof(path)) != NULL &&
	    strcmp(path, "/") == 0;
	outside->notes[6] = getsid(0) == getpid();
}

static void
test_background(void)
{
	static const struct step steps[] = { { 6000, step_background },
	    { 7000, step_pid }, { 8000, step_addresses }, { 8500, step_hup },
	    { 9000, step_term }, { 0, NULL } };

	write_file("kmsg", "");
	CHECK_INT(play_steps("vrrpd -f conf", steps), 0);
	unlink("kmsg");
	CHECK_INT(daemon_status, 0);
	check_served();
	CHECK_INT(outside->notes[3], 1);
	CHECK_INT(outside->notes[4], 3);
	CHECK(outside->notes[5] && outside->notes[6]);
	CHECK_STR(read_file("err"), "");
	CHECK_INT(play_steps("keepalived -f conf", steps), 0);
	check_served();
	CHECK_INT(outside->notes[3], 0);		/* keepalived.pid */
	CHECK_INT(play_steps("vrrpd -p /proc/none/pid -f conf", steps), 1);
	CHECK_INT(daemon_status, 1);
	CHECK_INT(play_steps("vrrpd -s none -f conf", steps), 2);
}

/* One that runs already, here played by a lock, is left alone. */
static void
test_second(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open("/run/vrrpd.pid", O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	CHECK(fcntl(fd, F_OFD_SETLK, &lock) == 0 && write(fd, "77\n", 3) == 3);
	CHECK_INT(play_steps("vrrpd -n -f conf", serves), 1);
	CHECK(holds("err", "/run/vrrpd.pid: a daemon is running already "
	    "(pid 77)"));
	CHECK_INT(play_steps("vrrpd -f conf", serves), 1);
	CHECK_INT(daemon_status, 1);
	CHECK_INT(lan_heard().advert4, 0);
	CHECK_STR(read_file("/run/vrrpd.pid"), "77\n");
	CHECK_INT(play_steps("vrrpd -n -p other.pid -f conf", serves), 0);
	check_served();
	close(fd);
	CHECK_INT(play_steps("vrrpd -n -f conf", serves), 0);
	check_served();
}

/* What the parent left blocked or ignored is neither (D-10). */
static void
test_signals_of_parent(void)
{
	sigset_t blocked, before;

	sigfillset(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 7000, step_hup }, { 8000, step_addresses }, { 9000, step_term },
	    { 0, NULL } }), 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	check_served();
	CHECK(holds("err", "the configuration was reloaded"));
}

/* -- signals -- */

static void
step_usr1(void)
{
	kill(getpid(), SIGUSR1);
}

static void
step_usr2(void)
{
	kill(getpid(), SIGUSR2);
}

static void
step_json(void)
{
	kill(getpid(), SIGNAL_JSON_GLIBC);
}

/* glibc keeps 32 and 33 for itself; what nobody asked for does nothing. */
static void
step_others(void)
{
	static const int others[] = { 34, 35, 38, 50, 62, 64, SIGPIPE, SIGXFSZ,
	    SIGCHLD, SIGCONT, SIGWINCH, SIGURG, SIGNAL_JSON_MUSL };

	for (size_t i = 0; i < COUNT_OF(others); i++)
		kill(getpid(), others[i]);
}

static void
step_clear(void)
{
	kill(getpid(), SIGNAL_STATS_CLEAR);
}

static void
step_int(void)
{
	kill(getpid(), SIGINT);
}

static void
step_keep_stats(void)
{
	rename("/run/outside/keepalived.stats", "/run/outside/stats1");
}

static void
test_dumps(void)
{
	static const struct step steps[] = { { 6000, step_usr1 },
	    { 6100, step_json }, { 6200, step_clear },
	    { 6300, step_keep_stats }, { 6400, step_usr2 },
	    { 6500, step_others }, { 8000, step_addresses },
	    { 9000, step_int }, { 0, NULL } };

	setenv("TMPDIR", "/run/outside", 1);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", steps), 0);
	check_served();
	CHECK(holds("keepalived.data", "VRRP Instance = V4"));
	CHECK(holds("keepalived.json", "\"iname\":\"V6\""));
	CHECK(holds("stats1", "Became master: 1"));
	CHECK(holds("keepalived.stats", "Became master: 0"));
	setenv("TMPDIR", "relative", 1);		/* not taken */
	unlink("keepalived.data");
	CHECK(mount("none", "/tmp", "tmpfs", 0, "mode=1777") == 0);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 5000, step_usr1 }, { 8000, step_addresses }, { 9000, step_term },
	    { 0, NULL } }), 0);
	CHECK(holds("/tmp/keepalived.data", "VRRP Instance = V4"));
	unsetenv("TMPDIR");
	CHECK_INT(play_steps("vrrpd -n -l -f dumps", (const struct step[]){
	    { 5000, step_usr1 }, { 5100, step_usr2 }, { 5200, step_json },
	    { 8000, step_addresses }, { 9000, step_term }, { 0, NULL } }), 0);
	CHECK(holds("mystate", "VRRP Instance = V4"));
	CHECK(holds("mystats", "VRRP Instance: V4"));
	CHECK(holds("err", "/proc/none/json: No such file or directory"));
	check_served();
}

/* --ignore-sigint: only TERM ends it. */
static void
test_ignored_int(void)
{
	CHECK_INT(play_steps("vrrpd -n -l --ignore-sigint -f conf",
	    (const struct step[]){ { 5000, step_int },
	    { 8000, step_addresses }, { 9000, step_term }, { 0, NULL } }), 0);
	check_served();
}

/* -- reload -- */

static void
step_conf_error(void)
{
	write_file("live", read_file("error"));
	step_hup();
}

static void
step_conf_fatal(void)
{
	write_file("live", read_file("fatal"));
	step_hup();
}

static void
step_conf_good(void)
{
	write_file("live", outside_conf);
	step_hup();
}

/* V6 alone. */
static void
step_conf_less(void)
{
	write_file("live", strstr(outside_conf, "vrrp_instance V6"));
	step_hup();
}

static void
test_reload(void)
{
	static const struct step steps[] = { { 5000, step_conf_less },
	    { 5100, step_conf_fatal }, { 5200, step_conf_error },
	    /* it lingers at most 2 s (D-20) */
	    { 7000, step_addresses }, { 7100, step_conf_good },
	    { 14000, step_addresses }, { 15000, step_term }, { 0, NULL } };

	write_file("live", outside_conf);
	CHECK_INT(play_steps("vrrpd -n -l -f live", steps), 0);
	CHECK_INT(outside->notes[0], 1);	/* at the end only */
	CHECK_INT(outside->notes[1], 2);
	CHECK(holds("err", "the configuration was reloaded"));
	CHECK(holds("err", "the new configuration is not used; the running"));
	CHECK(!has_address("10.0.0.100"));
	CHECK(access("/run/vrrpd.pid", F_OK) != 0);
	/* an error that was there before is no reason to refuse (D-12) */
	write_file("live", read_file("error"));
	CHECK_INT(play_steps("vrrpd -n -l -f live", (const struct step[]){
	    { 5000, step_hup }, { 5500, step_conf_error },
	    { 8000, step_addresses }, { 9000, step_term }, { 0, NULL } }), 0);
	CHECK(strstr(read_file("err"), "not used") == NULL);
}

/* A reload that changes what only a start settles says so, whichever it is. */
static void
test_settled(void)
{
	static const struct conf_global is = { .net_namespace = "n",
	    .instance = "i" };
	static const struct conf_global rows[] = {
		{ .net_namespace = "n", .instance = "i" },
		{ .net_namespace = "m", .instance = "i" },
		{ .net_namespace = "n", .instance = "other" },
		{ .net_namespace = "n", .instance = NULL },
		{ .net_namespace = "n", .instance = "i", .use_pid_dir = true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t memory[2048];
		struct arena arena = { .at = memory,
		    .end = memory + sizeof(memory) };
		struct diagnostics found;

		diagnostics_start(&found, &arena);
		complain_settled(&found, &is, &rows[i]);
		CHECK_INT(found.counts[SEVERITY_WARNING], i > 0);
	}
}

/* reload_check_config: what was found goes to a file, too. */
static void
test_reload_log(void)
{
	char text[2048];

	snprintf(text, sizeof(text), "global_defs {\nreload_check_config "
	    "/run/outside/check\n}\n%s", outside_conf);
	write_file("live", text);
	CHECK_INT(play_steps("vrrpd -n -l -f live", (const struct step[]){
	    { 5000, step_conf_fatal }, { 8000, step_addresses },
	    { 9000, step_term }, { 0, NULL } }), 0);
	check_served();
	CHECK(holds("check", "virtual_router_id"));
	unlink("check");
	CHECK(symlink("/run/outside/victim", "check") == 0);
	write_file("live", text);
	CHECK_INT(play_steps("vrrpd -n -l -f live", (const struct step[]){
	    { 5000, step_conf_fatal }, { 8000, step_addresses },
	    { 9000, step_term }, { 0, NULL } }), 0);
	CHECK(holds("err", "/run/outside/check: Too many levels of symbolic"));
	CHECK(access("victim", F_OK) != 0);
	unlink("check");
	CHECK(symlink("/dev/full", "full") == 0);
}

/* -- the log -- */

static int syslog_fd = -1;

static void
step_syslog(void)
{
	struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = "log" };

	unlink("log");
	syslog_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	CHECK(bind(syslog_fd, (const struct sockaddr *)(const void *)&log,
	    sizeof(log)) == 0);
}

/* Whether the system's log has received such a line; reads what there is. */
static bool
syslog_has(const char *text)
{
	char line[2048];
	bool has = false;
	ssize_t n;

	while ((n = recv(syslog_fd, line, sizeof(line) - 1, 0)) > 0) {
		line[n] = '\0';
		has = has || strstr(line, text) != NULL;
	}
	return has;
}

/* It is restarted: what it had is gone, and it is another socket. */
static void
step_syslog_anew(void)
{
	outside->notes[8] += syslog_has("<29>vrrpd[");
	shutdown(syslog_fd, SHUT_RDWR);
	close(syslog_fd);
	step_syslog();
}

static void
step_syslog_seen(void)
{
	outside->notes[9] += syslog_has("the configuration was reloaded");
}

static void
test_syslog(void)
{
	step_syslog();
	CHECK_INT(play_steps("vrrpd -n -f conf", (const struct step[]){
	    { 5000, step_syslog_anew }, { 5100, step_hup },
	    { 6000, step_syslog_seen }, { 8000, step_addresses },
	    { 9000, step_term }, { 0, NULL } }), 0);
	check_served();
	CHECK_INT(outside->notes[8], 1);
	CHECK_INT(outside->notes[9], 1);
	CHECK_STR(read_file("err"), "");
	close(syslog_fd);
	step_syslog();
	CHECK_INT(play_steps("keepalived -n -S local5 -D -f conf", serves), 0);
	CHECK(syslog_has("<173>Keepalived_vrrp["));
	CHECK_INT(play_steps("vrrpd -n -G -f conf", serves), 0);
	CHECK(!syslog_has(""));
	close(syslog_fd);
	unlink("log");
}

/* Hundred reloads with a log that takes ten lines. */
static void
step_many(void)
{
	step_hup();
}

static void
test_syslog_full(void)
{
	struct step steps[40] = { { 0, NULL } };

	for (int i = 0; i < 30; i++)
		steps[i] = (struct step){ 5000 + i * 100, step_many };
	steps[30] = (struct step){ 8000, step_addresses };
	steps[31] = (struct step){ 8100, step_syslog_seen };
	steps[32] = (struct step){ 8200, step_hup };
	steps[33] = (struct step){ 9000, step_term };
	step_syslog();
	CHECK_INT(play_steps("vrrpd -n -f conf", steps), 0);
	check_served();
	CHECK(syslog_has("lines suppressed: "));
	close(syslog_fd);
	unlink("log");
}

/* Without syslog and console the kernel's log has it, without that stderr. */
static void
test_kernel_log(void)
{
	write_file("kmsg", "");
	play.moved = "/dev/kmsg";
	play.to = "/run/outside/kmsg";
	CHECK_INT(play_steps("vrrpd -n -f conf", serves), 0);
	CHECK(holds("kmsg", "<29>vrrpd["));
	CHECK_STR(read_file("err"), "");
	play.moved = "/dev/kmsg";
	play.to = "/dev/full";
	CHECK_INT(play_steps("vrrpd -n -f conf", serves), 0);
	check_served();
	play.moved = "/dev/kmsg";
	play.to = "/proc/none/kmsg";
	CHECK_INT(play_steps("vrrpd -n -f conf", serves), 0);
	check_served();
	CHECK(holds("err", " serves 2 instances\n"));
}

/* A file has the time before each line; one that is full does no harm. */
static void
test_log_file(void)
{
	unlink("file");
	CHECK_INT(play_steps("vrrpd -n -gfile -f conf", serves), 0);
	check_served();
	CHECK(holds("file", "2023-11-14T22:13:2"));
	CHECK(holds("file", "V6: BACKUP -> MASTER"));
	CHECK_INT(play_steps("vrrpd -n -g/dev/full -f conf", serves), 0);
	check_served();
}

/* -- namespaces -- */

/* -s: another namespace; in it there is no eth0, so nothing is served. */
static void
test_namespace(void)
{
	CHECK(system("ip netns add other 2>/dev/null") == 0);
	CHECK_INT(play_steps("vrrpd -n -l -s other -f conf", serves), 0);
	CHECK_INT(outside->notes[0], 0);
	CHECK(holds("err", "V4"));
	CHECK_INT(lan_heard().advert4, 0);
	CHECK_INT(play_steps("vrrpd -n -l -f there", serves), 0);
	CHECK_INT(lan_heard().advert4, 0);
	CHECK(system("ip netns del other") == 0);
}

/* -- frames -- */

static void
step_better(void)
{
	lan_advert4(51, 200);
	lan_advert6(52, 200);
}

static void
step_claims(void)
{
	lan_claim4();
	lan_claim6();
}

/* The netlink queue, and more than a turn reads of one socket. */
static void
step_flood(void)
{
	for (int i = 0; i < 3000; i++)
		lan_advert4(51, 50);
}

static void
test_frames(void)
{
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 5000, step_addresses }, { 5100, step_better },
	    { 5500, step_addresses }, { 5800, step_better },
	    { 6500, step_better }, { 12000, step_addresses },
	    { 12100, step_claims }, { 12200, step_flood },
	    { 13000, step_addresses }, { 13500, step_term },
	    { 0, NULL } }), 0);
	CHECK_INT(outside->notes[0], 3);
	CHECK_INT(outside->notes[1], 3);
	CHECK(holds("err", "V4: MASTER -> BACKUP: 10.0.0.2 has priority 200"));
	CHECK(holds("err", "V6: MASTER -> BACKUP: fe80::2 has priority 200"));
	CHECK(holds("err", "10.0.0.100: 02:00:00:00:00:02 claims our address"));
	CHECK(holds("err", "fe80::100: 02:00:00:00:00:02 claims our address"));
}

/* Addresses and links that others change are seen. */
static void
step_others_meddle(void)
{
	CHECK(system("ip addr del 10.0.0.100/24 dev eth0") == 0);
	play.expects = true;
}

/*
 * Sets p0 up or down and waits, at most ten seconds, for eth0's carrier: the
 * kernel tells of it from a work queue, when time here may have gone on.
 */
static void
set_peer(const char *command, bool carrier)
{
	const struct timespec pause = { 0, 1000000 };
	struct ifreq eth0 = { .ifr_name = "eth0" };
	int tries = 0;

	CHECK(system(command) == 0);
	while (ioctl(lan, SIOCGIFFLAGS, &eth0) == 0 &&
	    ((eth0.ifr_flags & IFF_RUNNING) != 0) != carrier &&
	    tries++ < 10000)
		nanosleep(&pause, NULL);
	CHECK(((eth0.ifr_flags & IFF_RUNNING) != 0) == carrier);
	/* the same again waits for the lock under which eth0's news are sent */
	CHECK(system(command) == 0);
	play.expects = true;
}

static void
step_link_down(void)
{
	set_peer("ip link set p0 down", false);
}

static void
step_link_up(void)
{
	set_peer("ip link set p0 up", true);
}

static void
test_kernel_news(void)
{
	CHECK_INT(play_steps("vrrpd -n -l -a -f conf", (const struct step[]){
	    { 5000, step_others_meddle }, { 7000, step_addresses },
	    { 8000, step_link_down }, { 9000, step_addresses },
	    { 10000, step_link_up }, { 20000, step_addresses },
	    { 21000, step_term }, { 0, NULL } }), 0);
	CHECK_INT(outside->notes[0], 2);
	CHECK(holds("err", "V4: MASTER -> FAULT"));
}

/* -- late -- */

/* The machine was asleep. */
static void
step_asleep(void)
{
	play.now += 5000000;
	lan_advert4(51, 50);
}

/* max_auto_priority: who wakes late is raised, as far as it is allowed. */
static void
test_late(void)
{
	CHECK_INT(play_steps("vrrpd -n -l -f hurry", (const struct step[]){
	    { 5000, step_asleep }, { 15000, step_asleep },
	    { 25000, step_asleep }, { 32000, step_addresses },
	    { 33000, step_term }, { 0, NULL } }), 0);
	CHECK_INT(outside->notes[0], 1);
	CHECK(holds("err", " ms late; real-time priority 1: "));
	CHECK(holds("err", " ms late; real-time priority 2: "));
	CHECK(strstr(read_file("err"), "real-time priority 3") == NULL);
}

/* -- a descriptor that is not open -- */

/* --ready-fd: its number is not that of one of ours. */
static void
test_ready(void)
{
	char line[64], told[64];
	int next = dup(STDIN_FILENO);

	close(next);			/* the first that the daemon opens */
	for (int i = 0; i < 12; i++) {
		snprintf(line, sizeof(line), "vrrpd -n -l --ready-fd %d -f "
		    "conf", next + i);
		snprintf(told, sizeof(told), "--ready-fd %d: cannot be "
		    "written", next + i);
		CHECK_INT(play_steps(line, serves), 0);
		check_served();
		CHECK(holds("err", told));
		CHECK(holds("err", "vrrpd " VRRPD_VERSION " ends"));
	}
}

/* -- a supervisor that is busy -- */

static int supervisor;		/* where it reads */

/* It reads all that it was told; how often that it is served. */
static void
step_supervise(void)
{
	char told[256];
	ssize_t n;

	while ((n = recv(supervisor, told, sizeof(told) - 1,
	    MSG_DONTWAIT)) > 0) {
		told[n] = '\0';
		outside->notes[2] += strcmp(told, "READY=1") == 0;
	}
}

/* What finds no room is told again: it would end a daemon that is not ready. */
static void
test_busy_supervisor(void)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX,
	    .sun_path = "/run/outside/supervisor" };
	int fill = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	supervisor = socket(AF_UNIX, SOCK_DGRAM, 0);
	CHECK(bind(supervisor, (struct sockaddr *)&here, sizeof(here)) == 0);
	CHECK(connect(fill, (struct sockaddr *)&here, sizeof(here)) == 0);
	while (send(fill, "X", 1, 0) == 1)
		continue;
	setenv("NOTIFY_SOCKET", here.sun_path, 1);
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 500, step_supervise }, { 8000, step_addresses },
	    { 8500, step_supervise }, { 9000, step_term }, { 0, NULL } }), 0);
	unsetenv("NOTIFY_SOCKET");
	check_served();
	CHECK_INT(outside->notes[2], 1);
	close(supervisor);
	close(fill);
}

/* -- reload after reload -- */

static int storm;		/* reloads that are yet to come */
static int storm_end;		/* when it has come to that, this comes: */
static int storm_signal;

/* Each takes 0.3 s, and before it ends the next one is asked for. */
static void
storm_opens(const char *path)
{
	if (storm == 0 || strcmp(path, "/run/outside/conf") != 0)
		return;
	play.now += 300000;
	kill(getpid(), SIGHUP);
	if (storm == storm_end)
		kill(getpid(), storm_signal);
	outside->notes[4] = storm;
	if (--storm == 0) {
		struct heard h = lan_heard();

		outside->notes[2] = h.advert4;
		outside->notes[3] = h.zero4;
	}
}

static void
step_storm(void)
{
	lan_heard();
	storm = 20;
	kill(getpid(), SIGHUP);
}

/* Those who reload again and again do not keep it from advertising. */
static void
test_storm(void)
{
	play.opens = storm_opens;
	CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct step[]){
	    { 8000, step_storm }, { 20000, step_addresses },
	    { 21000, step_term }, { 0, NULL } }), 0);
	CHECK_INT(outside->notes[0], 1);
	CHECK_INT(outside->notes[2], 5);
	CHECK_INT(outside->notes[3], 0);
	CHECK(holds("err", "was reloaded"));
	storm_end = 10;				/* nor from ending */
	for (int i = 0; i < 2; i++) {
		play.opens = storm_opens;
		storm_signal = i == 0 ? SIGTERM : SIGINT;
		CHECK_INT(play_steps("vrrpd -n -l -f conf", (const struct
		    step[]){ { 8000, step_storm }, { 0, NULL } }), 0);
		CHECK_INT(outside->notes[4], storm_end);
		CHECK(!has_address("10.0.0.100"));
	}
	storm_end = 0;
}

/* -- files for all of them -- */

static void
write_with(const char *path, const char *before, const char *behind)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s%s", before, outside_conf, behind);
	write_file(path, text);
}

static void
write_files(void)
{
	write_with("conf", conf, "");
	write_with("error", "", "no_such_keyword 1\n");
	write_with("two", "", "no_such_keyword 1\nnor_this 2\n");
	write_file("fatal", "vrrp_instance V4 {\n\tinterface eth0\n"
	    "\tvirtual_ipaddress {\n\t\t10.0.0.100\n\t}\n}\n");
	write_with("elsewhere", "net_namespace none\n", "");
	write_with("there", "net_namespace other\n", "");
	write_with("dumps", "global_defs {\nstate_dump_file "
	    "/run/outside/mystate\nstats_dump_file /run/outside/mystats\n"
	    "json_dump_file /proc/none/json\n}\n", "");
	write_with("hurry", "global_defs {\nmax_auto_priority 2\n}\n", "");
	mkdir("dir", 0755);
	write_file("dir/include", "include none\n");
	write_file("dir/conf", "include ../conf\n");
	mkdir("/run/netns", 0755);
	write_file("/run/netns/file", "");
}

int
main(void)
{
	if (!outside_begin())
		return check_good == 0 && check_bad == 0 ? 0 : 1;
	write_files();
	test_asked();
	test_output();
	test_no_name();
	test_foreground();
	test_background();
	test_second();
	test_signals_of_parent();
	test_dumps();
	test_ignored_int();
	test_reload();
	test_reload_log();
	test_settled();
	test_syslog();
	test_syslog_full();
	test_kernel_log();
	test_log_file();
	test_namespace();
	test_frames();
	test_kernel_news();
	test_late();
	test_busy_supervisor();
	test_storm();
	test_ready();
	return check_end("main");
}
