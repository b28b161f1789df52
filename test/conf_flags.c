/* SPDX-License-Identifier: ISC */
/* Flags of the command line: the lines of a file that they stand for. */
#include <stdlib.h>

#define main vrrpd_main
#include "../vrrpd.c"
#undef main
#include "check.h"

static uint8_t memory[1 << 20];
static struct arena arena;
static struct diagnostics findings;
static struct scan scanner;

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

static const struct reader reader = {
	.open = fake_open, .host_name = fake_host
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

/* The lines of a command line, each in its own but for the braces. */
static const char *
lines(const char *text)
{
	static char copy[1024], out[8192];
	struct text t = text_over(out, sizeof(out));
	static struct conf_input input;
	struct flags flags;
	struct line line;

	memcpy(copy, text, strlen(text) + 1);
	memset(&arena, 0, sizeof(arena));
	memset(memory, 0, sizeof(memory));
	arena.at = memory;
	arena.end = memory + sizeof(memory);
	memset(&findings, 0, sizeof(findings));
	findings.arena = &arena;
	findings.last = &findings.first;
	input = words_to_flags(copy);
	scan_start(&scanner, &input, &arena, &findings);
	flags_start(&flags, &scanner);
	while (flags_line(&flags, &line)) {
		if (t.at > t.start)
			text_char(&t, line.kind == LINE_WORDS ? '\n' : ' ');
		if (line.kind != LINE_WORDS)
			text_char(&t, line.kind == LINE_OPEN ? '{' : '}');
		for (uint32_t i = 0; i < line.count; i++)
			text_format(&t, i == 0 ? "%s" : strchr(
			    line.words[i].text, ' ') != NULL ? " <%s>" : " %s",
			    line.words[i].text);
	}
	CHECK_INT(line.kind, LINE_END);
	return text_end(&t);
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

static void
test_lines(void)
{
	static const struct {
		const char	*words, *lines, *found;
	} rows[] = {
		{ "--interface eth0 --vrid 51 --prio=150 --auth-pass 1234 "
		  "10.10.1.3/24 --peer 10.0.0.2 --nopreempt --peer 10.0.0.3 "
		  "fe80::1",
		  "vrrp_instance VI_1 {\ninterface eth0\n"
		  "virtual_router_id 51\npriority 150\nauthentication {\n"
		  "auth_type PASS\nauth_pass 1234 }\nvirtual_ipaddress {\n"
		  "10.10.1.3/24 }\nunicast_peer {\n10.0.0.2 }\nnopreempt\n"
		  "unicast_peer {\n10.0.0.3 }\nvirtual_ipaddress {\n"
		  "fe80::1 } }", "" },
		{ "--vrrp_startup-delay 2 --use-pid-dir --instance a b",
		  "global_defs {\nvrrp_startup_delay 2 }\nuse_pid_dir\n"
		  "instance a\nvrrp_instance VI_1 {\nvirtual_ipaddress {\n"
		  "b } }", "" },
		{ "--vrrp-instance A --vrid 1 --vrrp-instance B --vrid 2",
		  "vrrp_instance A {\nvirtual_router_id 1 }\n"
		  "vrrp_instance B {\nvirtual_router_id 2 }", "" },
		{ "--vrid 3 --vrrp-instance B --vrid 2",
		  "vrrp_instance VI_1 {\nvirtual_router_id 3 }\n"
		  "vrrp_instance B {\nvirtual_router_id 2 }", "" },
		{ "--track-script '/bin/check.sh -a /x' --interval 2 --weight "
		  "'5 reverse' --init-fail --vrid 1 --track-script "
		  "check.sh --rise 3 --track-script '\"/check.sh\"'",
		  "vrrp_script check.sh {\nscript </bin/check.sh -a /x>\n"
		  "interval 2\nweight 5 reverse\ninit_fail }\n"
		  "vrrp_script check.sh-2 {\nscript check.sh\nrise 3 }\n"
		  "vrrp_script check.sh-3 {\nscript \"/check.sh\" }\n"
		  "vrrp_instance VI_1 {\ntrack_script {\ncheck.sh }\n"
		  "virtual_router_id 1\ntrack_script {\ncheck.sh-2 }\n"
		  "track_script {\ncheck.sh-3 } }", "" },
		{ "--track-file /run/load --weight 1",
		  "track_file load {\nfile /run/load\nweight 1 }\n"
		  "vrrp_instance VI_1 {\ntrack_file {\nload } }", "" },
		{ "--notify-master '/x a b' --track-interface 'eth1 weight 5'",
		  "vrrp_instance VI_1 {\nnotify_master </x a b>\n"
		  "track_interface {\neth1 weight 5 } }", "" },
		{ "--auth-type AH --auth-pass x",
		  "vrrp_instance VI_1 {\nauthentication {\nauth_type AH }\n"
		  "authentication {\nauth_pass x } }", "" },
		{ "--auth-pass @/pass", "vrrp_instance VI_1 {\n"
		  "authentication {\nauth_type PASS\nauth_pass <se cret> } }",
		  "" },
		{ "--auth-pass @/nope", "vrrp_instance VI_1 {\n"
		  "authentication {\nauth_type PASS\nauth_pass @/nope } }",
		  "cannot read '/nope': No such file or directory" },
		{ "--priority", "vrrp_instance VI_1 {\npriority }", "" },
		{ "--nopreempt=off", "vrrp_instance VI_1 {\nnopreempt off }",
		  "" },
		{ "--peer", "", "--peer needs a value" },
		{ "--priorit 5", "", "there is no flag --priorit; did you "
		  "mean --priority?" },
		{ "--garp-master-dely 5", "", "there is no flag "
		  "--garp-master-dely; did you mean --garp-master-delay?" },
		{ "--zzzzzz 5", "", "there is no flag --zzzzzz" },
		{ "--interval 5", "", "--interval must stand behind the "
		  "--track-script or --track-file that it is about" },
		{ "--track-script /x --vrid 1 --rise 5",
		  "vrrp_script x {\nscript /x }\nvrrp_instance VI_1 {\n"
		  "track_script {\nx }\nvirtual_router_id 1 }",
		  "--rise must stand behind the --track-script or "
		  "--track-file that it is about" },
		{ "--track-process haproxy", "vrrp_instance VI_1 {\n"
		  "track_process haproxy }", "" },
		{ "", "", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_STR(lines(rows[i].words), rows[i].lines);
		CHECK_STR(found(), rows[i].found);
	}
	(void)lines("--vrid 1 --prioo 5");
	CHECK_STR(findings.first->file, "command line");
	CHECK_INT(findings.first->line, 3);
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
		{ "a-very-long-name-that-is-longer-than-any-keyword-there-is",
		  true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_INT(flag_needs_value(rows[i].name,
		    strlen(rows[i].name)), rows[i].needs);
		CHECK_INT(flag_is_secret(rows[i].name), rows[i].secret);
	}
}

/* What one flag becomes at most fits into the room that is taken for it. */
static void
test_room(void)
{
	static const char *const words[] = { "--auth-pass a",
	    "--track-script /a", "--vrrp-startup-delay 1" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		static struct conf_input input;
		char copy[64];
		struct flags flags;

		memcpy(copy, words[i], strlen(words[i]) + 1);
		input = words_to_flags(copy);
		scan_start(&scanner, &input, &arena, &findings);
		flags_start(&flags, &scanner);
		CHECK(flags.line_count > 0);
		CHECK(flags.line_count <= FLAG_LINES);
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

	diagnostics_start(&findings, &arena);
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
	diagnostics_start(&findings, &arena);
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
	test_lines();
	test_values();
	test_room();
	test_order();
	return check_end("conf_flags");
}
