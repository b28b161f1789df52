/* SPDX-License-Identifier: ISC */
/*
 * Goal: who asks a running daemon is answered, in every form, and can steer it;
 * what is not understood or not allowed changes nothing and says so.
 * Method: the whole daemon on a clock of our own (outside.h), which stands
 * still while commands, in processes of their own, ask it.
 */
#include "outside.h"

/* What is asked, the exit status, and what the answer holds. */
struct asked {
	const char	*line;
	int		status;
	const char	*said;
};

static const struct asked *asked;	/* by the next step */

/* Asks, in another process, while the daemon serves. */
static void
step_ask(void)
{
	char words[1024];
	struct rlimit limit = { .rlim_cur = 0 };
	pid_t pid = fork();

	if (pid != 0) {
		asked++;
		return;
	}
	if (chdir("/run/outside") != 0)
		_exit(1);
	memset(&play, 0, sizeof(play));
	play.real = true;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 2048;
	setrlimit(RLIMIT_NOFILE, &limit);
	unlink("err");
	snprintf(words, sizeof(words), "%s", asked->line);
	pid = fork();
	if (pid == 0)
		play_process(words, "answer");
	waitpid(pid, &outside->notes[2], 0);
	outside->notes[2] = WEXITSTATUS(outside->notes[2]);
	if (outside->notes[2] != asked->status ||
	    (strstr(read_file("answer"), asked->said) == NULL &&
	    strstr(read_file("err"), asked->said) == NULL)) {
		outside->notes[3]++;
		printf("%s: status %d, not %d, or no \"%s\" in:\n%s",
		    asked->line, outside->notes[2], asked->status, asked->said,
		    read_file("answer"));
		printf("%s", read_file("err"));
		fflush(stdout);
	}
	outside->notes[4]++;
	unlink("answer");
	_exit(0);
}

/* Plays with questions, one after the other, from a moment on. */
static void
ask(const char *line, const struct asked *rows, size_t count, int64_t at_ms)
{
	struct step steps[80] = { { 0, NULL } };
	size_t n = 0;

	for (; n < count; n++)
		steps[n] = (struct step){ at_ms + (int64_t)n * 10, step_ask };
	steps[n++] = (struct step){ at_ms + 20000, step_addresses };
	steps[n++] = (struct step){ at_ms + 21000, step_term };
	asked = rows;
	play.patient = true;
	CHECK_INT(play_steps(line, steps), 0);
	CHECK_INT(outside->notes[3], 0);
	CHECK_INT(outside->notes[4], count);
	if (outside->notes[3] > 0)
		printf("%s", read_file("out"));
}

#define X32	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG	X32 X32 X32 X32 X32 X32 X32 X32

static const struct asked questions[] = {
	{ "vrrpd status", 0, "V4" },
	{ "vrrpd status -v", 0, "V6" },
	{ "vrrpd status -b", 0, "V4" },
	{ "vrrpd status -s", 0, "MASTER" },
	{ "vrrpd status -j", 0, "\"V6\"" },
	{ "vrrpd -p status", 0, "\n    " },
	{ "vrrpd status --prometheus", 0, "# TYPE" },
	{ "vrrpd status V4", 0, "V4" },
	{ "vrrpd status none", 1, "there is no instance none" },
	{ "vrrpd status -x", 1, "'-x' is not understood" },
	{ "vrrpd explain -j", 1, "'-j' is not understood" },
	{ "vrrpd events -b", 1, "'-b' is not understood" },
	{ "vrrpd status a b c d e f", 1, "too many words" },
	{ "vrrpd explain", 0, "V4" },
	{ "vrrpd explain V6", 0, "V6" },
	{ "vrrpd events", 0, "V4: BACKUP -> MASTER" },
	{ "vrrpd events -j V6", 0, "V6: BACKUP -> MASTER" },
	{ "vrrpd events -j none", 1, "there is no instance" },
	{ "vrrpd help", 0, "vrrpd maint NAME|all on|off" },
	{ "vrrpd events -f --help", 0, "vrrpd maint NAME|all on|off" },
	{ "vrrpd watch", 1, "watch needs a terminal" },
	{ "vrrpd wait", 0, "" },
	{ "vrrpd wait -t 1 --state backup V4", 3, "" },
	{ "vrrpd wait V4 -- /bin/echo here", 0, "here" },
	{ "vrrpd wait V4 -- /proc/none", 127, "/proc/none: No such file" },
	{ "vrrpd wait V4 -- sh -c ulimit\t-n", 0, "2048" },
	{ "vrrpd wait V4 -- nix", 127, "nix: No such file" },
	{ "vrrpd wait --state=master V4", 0, "" },
	{ "vrrpd scan eth9 --control=/proc/none", 2, "eth9: cannot listen" },
	{ "vrrpd scan lo 0 -j", 1, "1 to 3600 seconds" },
	{ "vrrpd scan lo soon", 1, "1 to 3600 seconds" },
	{ "vrrpd status " LONG LONG, 1, "what is asked is too long" },
	{ "vrrpd wait " LONG LONG " -t 1", 1, "what is asked is too long" },
	{ "vrrpd --control=/proc/none status", 4, "/proc/none: no daemon" },
	{ "vrrpd status --control=/proc/none V4", 4, "/proc/none: no daemon" },
	{ "vrrpd wait --control=/proc/none V4", 4, "/proc/none: no daemon" },
	{ "vrrpd wait -t 9223372036854775807", 1, "[-t SECONDS]" },
	{ "vrrpd wait -t soon", 1, "[-t SECONDS]" },
	{ "vrrpd wait -t 1 --state gone", 1, "[--state INIT|BACKUP|MASTER" },
	{ "vrrpd wait -t 1 none", 1, "there is no instance none" },
	{ "vrrpd --control /proc/none status", 4, "no daemon answers: No" },
	{ "vrrpd --control /proc/none wait", 4, "no daemon answers" },
	{ "vrrpd status --control", 1, "--control and --prometheus-file need" },
	{ "vrrpd status --control=", 1, "--control and" },
	{ "vrrpd status --prometheus-file", 1, "--control and" },
	{ "vrrpd watch --control", 1, "--control and" },
	{ "vrrpd wait -t", 1, "[-t SECONDS]" },
	{ "vrrpd wait --state", 1, "[--state INIT|BACKUP|MASTER" },
	{ "vrrpd maint", 1, "too few words" },
	{ "vrrpd maint V4", 1, "too few words" },
	{ "vrrpd maint V4 maybe", 1, "on or off, not 'maybe'" },
	{ "vrrpd maint none on", 1, "there is no instance none" },
	{ "vrrpd prio V4 300", 1, "a priority of 1-254 or reset" },
	{ "vrrpd prio V4 0", 1, "a priority of 1-254 or reset" },
	{ "vrrpd prio V4 150", 0, "" },
	{ "vrrpd explain V4", 0, "150" },
	{ "vrrpd prio V4 reset", 0, "" },
	{ "vrrpd reload", 0, "" },
	{ "vrrpd maint V4 on", 0, "" },
	{ "vrrpd explain V4", 3, "V4" },
	{ "vrrpd status", 3, "V4" },
	{ "vrrpd status -v", 3, "V4" },
	{ "vrrpd maint all on", 0, "" },
	{ "vrrpd explain", 3, "V6" },
	{ "vrrpd maint all off", 0, "" },
};

/* While it hands over. */
static const struct asked late[] = {
	{ "vrrpd stop", 0, "" },
	{ "vrrpd reload", 2, "vrrpd is stopping" },
};

/* Before any of them is Active. */
static const struct asked early[] = {
	{ "vrrpd explain", 0, "V4" },
	{ "vrrpd status -v", 0, "V6" },
	{ "vrrpd -j status", 0, "\"V6\"" },
	{ "vrrpd status -s", 0, "BACKUP" },
};

int
main(void)
{
	if (!outside_begin())
		return check_good == 0 && check_bad == 0 ? 0 : 1;
	write_file("conf", outside_conf);
	ask("vrrpd -n -D -gfile -f conf", early, COUNT_OF(early), 500);
	check_served();
	ask("vrrpd -n -D -gfile -f conf", questions, COUNT_OF(questions),
	    8000);
	check_served();
	ask("vrrpd -n -D -gfile -f conf", late, COUNT_OF(late), 8000);
	return check_end("control");
}
