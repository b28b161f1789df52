/* SPDX-License-Identifier: ISC */
/* Flags of the command line: the configuration that they make. */
#include <stdlib.h>

#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

static uint8_t memory[1 << 20], kept[1 << 20];
static struct arena keep, scratch;
static struct diagnostics findings;

static const char *
fake_open(const struct reader *r, struct arena *a, const char *path,
    size_t *length, const char **why)
{
	(void)r;
	*why = "No such file or directory";
	if (strcmp(path, "/pass") != 0)
		return NULL;
	*length = 9;
	return arena_string(a, "se cret\r\n", 9);
}

static const char *
fake_host(const struct reader *r)
{
	(void)r;
	return "node";
}

static const char *
fake_user(const struct reader *r, const char *name, uint32_t *uid,
    uint32_t *gid)
{
	(void)r;
	(void)name;
	*uid = *gid = 0;
	return NULL;
}

static const char *
fake_script(const struct reader *r, struct arena *a, const char *path,
    uint32_t uid, uint32_t gid, const char **resolved, bool *insecure)
{
	(void)r;
	(void)uid;
	(void)gid;
	*insecure = false;
	*resolved = arena_string(a, path, strlen(path));
	return NULL;
}

static int
fake_interfaces(const struct reader *r, struct arena *a, const char ***names)
{
	(void)r;
	(void)a;
	(void)names;
	return -1;
}

static bool
fake_exposed(const struct reader *r, const char *path)
{
	(void)r;
	(void)path;
	return false;
}

static const struct reader reader = {
	.open = fake_open, .host_name = fake_host, .user = fake_user,
	.script = fake_script, .interfaces = fake_interfaces,
	.exposed = fake_exposed
};

/* Divides a command line as Main does: at every single blank but in ''. */
static struct conf_input
words_to_flags(char *text)
{
	static struct conf_flag flags[32];
	struct conf_input input = { .reader = &reader, .flags = flags };
	char *words[64];
	uint32_t count = 0;

	memset(flags, 0, sizeof(flags));
	for (char *at = text; *at != '\0';) {
		char end = *at == '\'' ? '\'' : ' ';

		at += end == '\'';
		words[count++] = at;
		while (*at != '\0' && *at != end)
			at++;
		while (*at == end || *at == ' ')
			*at++ = '\0';
	}
	for (uint32_t i = 0; i < count; i++) {
		struct conf_flag *flag = &flags[input.flag_count++];
		char *equals = strchr(words[i], '=');

		flag->argument = i + 1;
		if (strncmp(words[i], "--", 2) != 0) {
			flag->value = words[i];
			continue;
		}
		flag->name = words[i] + 2;
		if (equals != NULL) {
			*equals = '\0';
			flag->value = equals + 1;
		} else if (flag_needs_value(flag->name,
		    strlen(flag->name)) && i + 1 < count) {
			flag->value = words[++i];
		}
	}
	return input;
}

/*
 * What --print-config says of a command line, but for global_defs and where
 * values come from: its words, divided by single blanks.
 */
static const char *
printed(const char *text)
{
	static char copy[1024], out[32768];
	struct text t = text_over(out, sizeof(out));
	struct conf_input input;
	const struct conf *conf;
	char *to = out, *from = out;

	memcpy(copy, text, strlen(text) + 1);
	memset(memory, 0, sizeof(memory));
	memset(kept, 0, sizeof(kept));
	scratch = (struct arena){ .at = memory,
	    .end = memory + sizeof(memory) };
	keep = (struct arena){ .at = kept, .end = kept + sizeof(kept) };
	input = words_to_flags(copy);
	diagnostics_start(&findings, &scratch);
	conf = conf_parse(&keep, &scratch, &input, &findings);
	if (conf == NULL)
		return "";
	conf_print(&t, conf, true);
	text_end(&t);
	while (*from != '\0') {
		if (strncmp(from, "# default\n", 10) == 0)
			from += 9;
		else if ((*from == ' ' || *from == '\n' || *from == '\t') &&
		    (to == out || to[-1] == ' '))
			from++;
		else
			*to++ = *from == '\n' || *from == '\t' ? ' ' : *from,
			    from++;
	}
	*to = '\0';
	return out;
}

/* The only finding. */
static const char *
found(void)
{
	if (findings.first == NULL)
		return "";
	CHECK(findings.first->next == NULL);
	return findings.first->text;
}

/* Whether a text has those parts, which | divides, one behind the other. */
static bool
has_parts(const char *text, const char *parts)
{
	char part[256];

	while (text != NULL && *parts != '\0') {
		size_t length = strcspn(parts, "|");

		memcpy(part, parts, length);
		part[length] = '\0';
		text = strstr(text, part);
		parts += length + (parts[length] == '|');
	}
	return text != NULL;
}

#define VI " --interface eth0 --vrid 9 10.0.0.9"

static void
test_meaning(void)
{
	static const struct {
		const char	*words, *parts, *found;
	} rows[] = {
		{ "--interface eth0 --vrid 51 --prio=150 --auth-pass 1234 "
		  "10.10.1.3/24 --peer 10.0.0.2 --nopreempt --peer 10.0.0.3 "
		  "10.10.1.4",
		  "vrrp_instance VI_1 {|interface eth0|virtual_router_id 51|"
		  "priority 150|virtual_ipaddress { 10.10.1.3/24 dev eth0 "
		  "10.10.1.4/32 dev eth0 }|nopreempt|unicast_peer { 10.0.0.2 "
		  "10.0.0.3 }|authentication { auth_type PASS auth_pass "
		  "\"1234\" }", "" },
		{ "--vrrp_startup-delay 2 --use-pid-dir --instance a" VI,
		  "instance a use_pid_dir global_defs {|vrrp_startup_delay 2|"
		  "vrrp_instance VI_1 {", "" },
		{ "--vrrp-instance A --vrid 1 --interface eth0 10.0.0.1 "
		  "--vrrp-instance B" VI, "vrrp_instance A {|"
		  "virtual_router_id 1|10.0.0.1/32|vrrp_instance B {|"
		  "virtual_router_id 9", "" },
		{ "--vrid 3 10.0.0.1 --interface eth1 --vrrp-instance B" VI,
		  "vrrp_instance VI_1 {|interface eth1 virtual_router_id 3|"
		  "vrrp_instance B {|virtual_router_id 9", "" },
		{ "--track-script '/bin/check.sh -a /x' --interval 2 --weight "
		  "'5 reverse' --init-fail --track-script "
		  "check.sh --rise 3 --track-script '\"/check.sh\"'" VI,
		  "vrrp_script check.sh { script \"/bin/check.sh -a /x\" "
		  "interval 2|weight 5 reverse|init_fail }|"
		  "vrrp_script check.sh-2 { script \"check.sh\"|rise 3|"
		  "vrrp_script check.sh-3 { script \"/check.sh\"|"
		  "track_script { check.sh weight 5 reverse check.sh-2 weight "
		  "0 check.sh-3 weight 0 }", "" },
		{ "--track-file /run/load --weight 1" VI,
		  "track_file load { file /run/load weight 1 }|"
		  "vrrp_instance VI_1 {|track_file { load weight 1 }", "" },
		{ "--notify-master '/x a b' --track-interface 'eth1 weight 5'"
		  VI, "track_interface { eth1 weight 5 }|notify_master "
		  "\"/x a b\" 0 0", "" },
		{ "--auth-type PASS --auth-pass x" VI, "authentication { "
		  "auth_type PASS auth_pass \"x\" }", "" },
		{ "--auth-type AH --auth-pass x" VI, "authentication { "
		  "auth_type AH auth_pass \"x\" }", "" },
		{ "--auth-type AH" VI, "",
		  "auth_type without auth_pass: there is no authentication" },
		{ "--key '7 0123456789abcdef0123456789abcdef' --active-key 7 "
		  "--mode permissive --key '8 file:/nope'" VI, "",
		  "cannot read '/nope': No such file or directory" },
		{ "--key '7 0123456789abcdef0123456789abcdef' --active-key 7 "
		  "--mode permissive" VI, "auth_hmac { key 7 "
		  "hex:3031323334353637383961626364656630313233343536373839616"
		  "263646566 active_key 7|mode permissive", "" },
		{ "--auth-pass @/pass" VI, "auth_pass \"se cret\"", "" },
		{ "--auth-pass @/nope" VI, "",
		  "cannot read '/nope': No such file or directory" },
		{ "10.0.0.1 --vrid 1 --interface eth0 --priority",
		  "priority 100", "'priority' needs a number 1-255" },
		{ "--nopreempt=off" VI, "preempt_delay", "" },
		{ "10.0.0.1 --interface eth0 --vrid 1 --peer", "",
		  "--peer needs a value" },
		{ "--track-script '/x\ny'" VI, "", "the value of track_script "
		  "has a line break; give each a flag of its own" },
		{ "10.0.0.1\r 10.0.0.2 --vrid 1 --interface eth0", "",
		  "the value of virtual_ipaddress has a line break; give each "
		  "a flag of its own" },
		{ "--priorit 5" VI, "", "there is no flag --priorit; did you "
		  "mean --priority?" },
		{ "--garp-master-dely 5" VI, "", "there is no flag "
		  "--garp-master-dely; did you mean --garp-master-delay?" },
		{ "--zzzzzz 5" VI, "", "there is no flag --zzzzzz" },
		{ "--vip fe80::3/64 --vrid 1 --interface eth0", "", "there is "
		    "no flag --vip; a virtual address stands by itself" },
		{ "--interval 5" VI, "", "--interval must stand behind the "
		  "--track-script, --track-file, --track-process or "
		  "--track-bfd that it is about" },
		{ "--track-script /x --vrid 1 --rise 5 --interface eth0 "
		  "10.0.0.1", "",
		  "--rise must stand behind the --track-script, "
		  "--track-file, --track-process or --track-bfd that it is "
		  "about" },
		/* an instance never goes without what it is to track */
		{ "--track-script=" VI, "vrrp_script track-script {|"
		  "track_script { track-script weight 0 }",
		  "script: the command is empty" },
		{ "--track-script /bin/ --track-script ''" VI,
		  "vrrp_script track-script {|vrrp_script track-script-2 {|"
		  "track_script { track-script weight 0 track-script-2 weight "
		  "0 }", "script: the command is empty" },
		{ "--track-file /" VI, "track_file track-file { file / |"
		  "track_file { track-file weight 1 }", "" },
		{ "--track-process=" VI, "", "'process' needs the name of a "
		  "process" },
		{ "start", "", "'start' is neither an address nor a command, "
		  "see vrrpd help; a file is read with -f" },
		{ "version --vrid 1 --interface eth0 10.0.0.1", "",
		  "'version' is neither an address nor a command, see vrrpd "
		  "help; a file is read with -f" },
		{ "./vrrpd.conf", "", "'./vrrpd.conf' is neither an address "
		  "nor a command, see vrrpd help; a file is read with -f" },
		{ "--virtual-ipaddress priority --vrid 1 --interface eth0", "",
		  "'priority' is no address" },
		{ "", "", "there is no vrrp_instance: nothing to run" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *got = printed(rows[i].words);

		if (!CHECK(has_parts(got, rows[i].parts)))
			printf("\t%s\n\t%s\n", rows[i].words, got);
		CHECK_STR(found(), rows[i].found);
	}
	CHECK(strstr(printed("--nopreempt=off" VI), "nopreempt") == NULL);
	(void)printed("--vrid 1 --interface eth0 10.0.0.1 --prioo 5");
	CHECK_STR(findings.first->file, "command line");
	CHECK_INT(findings.first->line, 6);
	CHECK_INT(findings.first->severity, SEVERITY_FATAL);
}

static void
test_values(void)
{
	static const struct {
		const char	*name;
		bool		needs, secret;
	} rows[] = {
		{ "vrid", true, false }, { "nopreempt", false, false },
		{ "strict-mode", false, false }, { "interval", true, false },
		{ "init_fail", false, false }, { "auth-pass", true, true },
		{ "nonsense", true, false }, { "router-id", true, false },
		/* one that may be left out stands behind = alone */
		{ "use-vmac", false, false },
		{ "old-unicast-checksum", false, false },
		{ "timer-expired-backup", false, false },
		{ "notify-deleted", false, false },
		{ "init-file", false, false }, { "param-match", false, false },
		{ "include-check", false, false },
		{ "reload-check-config", false, false },
		{ "max-auto-priority", false, false },
		{ "vrrp-instance", true, false },
		{ "notify-master", true, false },
		{ "advert-int", true, false },
		{ "a-very-long-name-that-is-longer-than-any-keyword-there-is",
		  true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_INT(flag_needs_value(rows[i].name,
		    strlen(rows[i].name)), rows[i].needs);
		CHECK_INT(flag_is_secret(rows[i].name), rows[i].secret);
	}
}

/* Findings come in the order of their places, and print as compilers do. */
static void
test_order(void)
{
	static const struct place places[] = {
		{ "b", 3, 1 }, { "a", 2, 2 }, { NULL, 0, 0 }, { "b", 1, 9 },
		{ "a", 2, 1 }, { "b", 3, 1 }, { "b", 2, 0 },
		{ COMMAND_LINE, 4, 1 }
	};
	char out[512];
	struct text t = text_over(out, sizeof(out));

	diagnostics_start(&findings, &scratch);
	CHECK_INT(conf_exit_code(&findings), 0);
	for (size_t i = 0; i < COUNT_OF(places); i++)
		complain(&findings, (enum severity)(i % 3), &places[i],
		    "%u\xff", (unsigned)i);
	CHECK_INT(conf_exit_code(&findings), 5);
	complain(&findings, SEVERITY_FATAL, &places[0], "last");
	CHECK_INT(conf_exit_code(&findings), 4);
	diagnostics_sort(&findings);
	for (struct diagnostic *d = findings.first; d != NULL; d = d->next) {
		diagnostic_print(&t, d);
		text_char(&t, '\n');
	}
	CHECK_STR(text_end(&t), "b:1:9: note: 3\\xff\nb:2: note: 6\\xff\n"
	    "b:3:1: note: 0\\xff\nb:3:1: error: 5\\xff\n"
	    "b:3:1: fatal: last\n"
	    "a:2:1: warning: 4\\xff\na:2:2: warning: 1\\xff\n"
	    "error: 2\\xff\ncommand line:4: warning: 7\\xff\n");
	CHECK(*findings.last == NULL);
	diagnostics_start(&findings, &scratch);
	complain_insecure(&findings, SEVERITY_WARNING, &places[0], "x");
	CHECK_INT(conf_exit_code(&findings), 6);
	complain_insecure(&findings, SEVERITY_ERROR, &places[1], "z");
	CHECK_INT(conf_exit_code(&findings), 6);
	complain(&findings, SEVERITY_ERROR, &places[0], "y");
	CHECK_INT(conf_exit_code(&findings), 5);
}

int
main(void)
{
	test_meaning();
	test_values();
	test_order();
	return check_end("conf_flags");
}
