/* SPDX-License-Identifier: ISC */
/* Flags of the command line: the configuration that they make. */
#include <stdlib.h>

#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

static uint8_t memory[1 << 20], kept[1 << 20];
static struct arena keep, scratch;
static struct diagnostics findings;
static char file_text[32768];

static const char *
fake_open(const struct reader *r, struct arena *a, const char *path,
    size_t *length, const char **why)
{
	(void)r;
	*why = "No such file or directory";
	*length = strlen(file_text);
	if (strcmp(path, "/conf") == 0)
		return file_text;
	*length = 5;
	if (strcmp(path, "/quote") == 0)
		return arena_string(a, "a\"b\nc", 5);
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

/* Nothing matches, but a plain name is itself. */
static int
fake_glob(const struct reader *r, struct arena *a, const char *pattern,
    const char ***paths)
{
	(void)r;
	(void)a;
	(void)pattern;
	(void)paths;
	return 0;
}

static const char *
fake_environment(const struct reader *r, const char *name)
{
	(void)r;
	return name;
}

static uint32_t
fake_random(const struct reader *r)
{
	(void)r;
	return 1;
}

static const char *
fake_group(const struct reader *r, const char *name, uint32_t *gid)
{
	return fake_user(r, name, gid, gid);
}

static const struct reader reader = {
	.open = fake_open, .glob = fake_glob, .environment = fake_environment,
	.host_name = fake_host, .random = fake_random, .user = fake_user,
	.group = fake_group, .script = fake_script,
	.interfaces = fake_interfaces, .exposed = fake_exposed
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

#define UNFIT	"has a line break, '\"' or $_: no file can hold that"
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
		{ "--track-script '/x\ny'" VI, "", "track_script "
		  UNFIT },
		{ "10.0.0.1\r 10.0.0.2 --vrid 1 --interface eth0", "",
		  "virtual_ipaddress " UNFIT },
		{ "--router-id 'a\"b'" VI, "", "router_id "
		  UNFIT },
		{ "--auth-pass @/quote" VI, "", "auth_pass "
		  UNFIT },
		{ "--track-interface $_HASH" VI, "", "track_interface " UNFIT },
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

/* -- what is printed reads back -- */

/* Reads a configuration anew. */
static const struct conf *
read_input(const struct conf_input *input)
{
	memset(memory, 0, sizeof(memory));
	memset(kept, 0, sizeof(kept));
	scratch = (struct arena){ .at = memory,
	    .end = memory + sizeof(memory) };
	keep = (struct arena){ .at = kept, .end = kept + sizeof(kept) };
	diagnostics_start(&findings, &scratch);
	return conf_parse(&keep, &scratch, input, &findings);
}

/* Appends the words of a configuration as they are in memory. */
static void
words_of(struct text *t, const struct conf *conf)
{
	const struct conf_global *g = &conf->global;
	const char *words[] = { g->router_id, g->net_namespace, g->instance,
	    g->state_dump_file, g->nft_table, g->fifo[0].path };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		text_format(t, "<%s>", words[i] == NULL ? "" : words[i]);
	for (size_t i = 0; i < conf->vr_count; i++)
		text_format(t, "<%s><%s><%.8s>", conf->vrs[i].name,
		    conf->interfaces[conf->vrs[i].interface].name,
		    (const char *)conf->vrs[i].auth_pass);
	for (size_t i = 0; i < conf->file_count; i++)
		text_format(t, "<%s|%s>", conf->files[i].name,
		    conf->files[i].path);
	for (size_t i = 0; i < conf->script_count; i++)
		text_format(t, "<%s>", conf->scripts[i].name);
	for (size_t i = 0; i < conf->process_count; i++) {
		text_format(t, "<%s>", conf->processes[i].name);
		text_bytes(t, conf->processes[i].words,
		    conf->processes[i].length);
	}
	for (size_t i = 0; i < conf->command_count; i++) {
		for (size_t n = 0; conf->commands[i].argv[n] != NULL; n++)
			text_format(t, "<%s>", conf->commands[i].argv[n]);
	}
}

/* Reads what a configuration prints, and compares both. */
static void
check_back(const struct conf_input *input, const char *what)
{
	static char first[32768], second[32768], again[32768];
	struct conf_input back = { .reader = &reader, .path = "/conf" };
	const struct conf *conf = read_input(input);
	struct text t = text_over(file_text, sizeof(file_text));
	struct text words = text_over(first, sizeof(first));

	if (conf == NULL) {
		check(findings.counts[SEVERITY_FATAL] > 0, what);
		return;
	}
	conf_print(&t, conf, true);
	words_of(&words, conf);
	text_end(&words);
	text_end(&t);
	conf = read_input(&back);
	if (conf == NULL) {
		check(false, what);
		printf("%s", file_text);
		return;
	}
	words = text_over(second, sizeof(second));
	words_of(&words, conf);
	text_end(&words);
	t = text_over(again, sizeof(again));
	conf_print(&t, conf, true);
	text_end(&t);
	check(memcmp(first, second, (size_t)(words.at - words.start) + 1) == 0,
	    what);
	check_str(again, file_text, what);
}

static const char *const hostile[] = {
	"", " ", "a b", " a ", "a\tb", "\t", "a\"b", "\"", "\"\"", "\"a\"",
	"\"a b\" c", "a\"", "#", "a#b", "a #b", "!", "a!b", "a !b", "\\#",
	"a\\#b", "a \\!b", "\\", "a\\", "a\\\\", "\\\"", "{", "}", "a{b}",
	"{}", "a { b }", "@a", "@a b", "@^a b", "a@b", "~", "~SEQ(1,2) x",
	"~LST(a,b) $1", "$", "$a", "${a}", "$a=1", "a$", "$$", "$_HASH",
	"${_BANG}", "a$_PWD", "$_INSTANCE", "${_RANDOM 1 2}", "$_ENV(HOME)",
	"include", "include x", "include /conf", "'", "a'b", "'a b'", "a 'b",
	"\\x41", "\\101", "%s", "%", "\xc3\xa9", "\x01", "\x7f", "\x80\xff",
	"\x1b[2J", "<", "=", "a=b", ";", ",", "(", ")", "[", "]", "*", "?", "`",
	"global_defs", "vrrp_instance", "}\t}", "\xef\xbb\xbf", "\xef\xbb\xbfz",
	"none", "off", "no", "weight", "weight 3", "dev", "reverse", "-", "--",
	"/a/b", "/a b/c\"d", "/$_HASH/", "hex:41", "hex:zz", "@/pass",
	"@/quote", "@/none", "0",
	"-1",
};

/* Where they can stand among flags. */
static const char *const places[] = {
	"router_id", "net_namespace", "instance", "vrrp_instance", "interface",
	"auth_pass", "notify_master", "notify", "notify_stop", "track_script",
	"track_file", "track_process", "notify_fifo", "state_dump_file",
	"nftables", "use_vmac", "track_interface", "lvs_sync_daemon",
	"startup_script", "default_interface", "vmac_prefix",
	"reload_time_file", "virtual_routes", "unicast_peer", "key",
};

/* And in a file, for %. */
static const char as_file[] = "instance \"%\"\nglobal_defs {\n"
    "router_id \"%\"\nstate_dump_file \"%\"\nnotify_fifo \"%\"\n}\n"
    "vrrp_script \"%\" {\nscript \"%\"\n}\n"
    "vrrp_track_file \"%\" {\nfile \"%\"\n}\n"
    "vrrp_track_process \"%\" {\nprocess \"x%\" \"%\"\n}\n"
    "vrrp_instance \"%\" {\ninterface eth0\nvirtual_router_id 9\n"
    "virtual_ipaddress {\n10.0.0.9\n}\nauthentication {\nauth_type PASS\n"
    "auth_pass \"%\"\n}\ntrack_script {\n\"%\"\n}\n"
    "track_file {\n\"%\"\n}\n"
    "track_process {\n\"%\"\n}\n"
    "notify_master \"%\"\n}\n"
    "vrrp_sync_group \"%\" {\ngroup {\n\"%\"\n}\n}\n";

/* Each text in each place, as a flag; or in "" as a word of a file. */
static void
test_read_back(void)
{
	char what[256];
	struct conf_flag flags[] = { { NULL, NULL, 1 }, { "vrid", "9", 2 },
	    { NULL, "10.0.0.9", 3 }, { "interface", "eth0", 4 } };
	struct conf_input input = { .reader = &reader, .flags = flags,
	    .flag_count = COUNT_OF(flags) };

	for (size_t i = 0; i < COUNT_OF(places) * COUNT_OF(hostile); i++) {
		struct text t = text_over(what, sizeof(what));

		flags[0].name = places[i / COUNT_OF(hostile)];
		flags[0].value = hostile[i % COUNT_OF(hostile)];
		text_format(&t, "--%s '%s'", flags[0].name, flags[0].value);
		check_back(&input, text_end(&t));
	}
	input = (struct conf_input){ .reader = &reader, .path = "/conf" };
	for (size_t i = 0; i < COUNT_OF(hostile); i++) {
		struct text t = text_over(file_text, sizeof(file_text));

		for (const char *c = as_file; *c != '\0'; c++) {
			if (*c == '%')
				text_string(&t, hostile[i]);
			else
				text_char(&t, *c);
		}
		text_end(&t);
		check_back(&input, hostile[i]);
	}
}

int
main(void)
{
	test_read_back();
	test_meaning();
	test_values();
	test_order();
	return check_end("conf_flags");
}
