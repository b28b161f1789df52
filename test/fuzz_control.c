/* SPDX-License-Identifier: ISC */
/*
 * Requests of operators.  The first byte of an input says who asks and how fast
 * the answer is read, the rest is the request.  An answer begins with a status,
 * ends, and fits its buffer; who may not steer changes nothing.
 */
#include "fuzz_lab.h"

static const char control_text[] =
    "vrrp_sync_group G {\n group {\n VI_1\n x\n }\n}\n"
    "track_file f {\n file /f\n weight 2\n}\n"
    "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 1\n"
    " virtual_ipaddress {\n 10.0.0.1/24\n 10.0.0.2\n }\n"
    " track_file {\n f\n }\n}\n"
    "vrrp_instance x {\n interface eth0\n virtual_router_id 2\n version 3\n"
    " priority 255\n virtual_ipaddress {\n 10.0.0.3/24\n }\n}\n";

/* What of a daemon an operator can change. */
static unsigned
control_steered(const struct daemon *d)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		sum = sum * 512 + vr_in_maintenance(&d->vrs[i]) * 256U +
		    d->vrs[i].set_priority;
	return sum;
}

/* Reads a whole answer, at most `step' bytes at a time. */
static void
control_answer(struct world *w, struct service *service, struct client *client,
    unsigned step)
{
	size_t all = 0;

	FUZZ_CHECK(client->answering);
	for (int turn = 0; turn < 100000; turn++) {
		client_fill(w, service, client);
		FUZZ_CHECK(client->end <= ANSWER_MAX);
		FUZZ_CHECK(client->end > client->start || client->done ||
		    client->report.follow);
		if (all == 0)
			FUZZ_CHECK(client->answer[0] >= '0' &&
			    client->answer[0] <= '3');
		if (client->end - client->start <= (int)step) {
			all += (size_t)(client->end - client->start);
			client->start = client->end = 0;
			if (client->done || client->report.follow)
				return;
		} else {
			client->start = (uint16_t)(client->start + step);
			all += step;
		}
	}
	FUZZ_CHECK(!"an answer that does not end");
}

/* A daemon that has come to rest, and a world with records, to begin from. */
static void
control_begin(struct lab *l, struct world *w)
{
	static struct fuzz_conf fc;
	static struct lab_saved saved;
	static void *fresh;	/* a struct world, but for its alignment */

	if (fresh == NULL) {
		fuzz_good_text(&fc, control_text);
		lab_start(l, fc.conf, 1000 * SECOND_US);
		lab_dump(l);
		lab_run(l, 10 * SECOND_US);
		lab_save(&saved, l);
		w->log.options.ident = "fuzz";
		w->log.file = -1;		/* nothing is written */
		w->log.refilled_at = world_now(w);
		for (int i = 0; i < 300; i++)
			record_add(w, LOG_LEVEL_NOTICE, "VI_1: happened", 14);
		fresh = fuzz_copy(w, sizeof(*w));
	}
	lab_restore(l, &saved);
	memcpy(w, fresh, offsetof(struct world, batch));
	w->log.refilled_at = world_now(w);	/* nor made, mostly: faster */
	w->out = effects_over(l->queue, sizeof(l->queue), NULL, NULL);
}

static void
fuzz_control(const uint8_t *bytes, size_t length)
{
	static struct lab l;
	static struct world w;
	static struct incarnation running;
	static struct service service;
	static struct client client;
	unsigned before;

	if (length < 2 || length > REQUEST_MAX)
		return;
	memset(&client, 0, sizeof(client));
	client.trusted = bytes[0] & 1;
	memcpy(client.request, bytes + 1, length - 1);
	client.got = (uint16_t)length;
	if (strncmp(client.request, "reload", 6) == 0 ||
	    strncmp(client.request, "check", 5) == 0 ||
	    strncmp(client.request, "stop", 4) == 0)
		return;		/* those are Loop's, not a request's */
	if (strncmp(client.request, "peers", 5) == 0)
		client.trusted = false;		/* -m is answered by a child */
	client.request[length - 1] = '\n';
	control_begin(&l, &w);
	running.daemon = *l.d;
	running.daemon.out = &w.out;
	running.conf = l.conf;
	service.current = &running;
	service.now = l.now;
	w.loop = &service;
	before = control_steered(&running.daemon);
	loop_request(&w, &service, &client);
	control_answer(&w, &service, &client, 1 + bytes[0] / 2U * 64);
	FUZZ_CHECK(client.trusted ||
	    control_steered(&running.daemon) == before);
	for (uint32_t i = 0; i < l.conf->vr_count; i++)
		FUZZ_CHECK(running.daemon.vrs[i].machine.priority > 0);
	lab_stop(&l);
}

FUZZER(control)
