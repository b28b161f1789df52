/* SPDX-License-Identifier: ISC */
/*
 * The routers of RFC 9568 section 6.4 around the table of chapter Machine, which
 * model.c writes as the inline machine().  All that is not the table is written
 * here from the RFC, in whole ticks: a quarter of the interval.  The abstraction
 * is that of model.c; who can be faulty, how, and until when, is the same.
 *
 * Of two routers spin chooses the priorities, who preempts, and whether a weaker
 * one is answered; of three the caller fixes the priorities: A, B and C.
 */
#define INITIALIZE	1
#define BACKUP		2
#define ACTIVE		3

#define STARTUP		0
#define STARTUP_OWNER	1
#define SHUTDOWN	2
#define TIMER		3
#define ZERO		4
#define YIELD		5
#define WEAKER		6
#define WEAKER_QUIET	7
#define HOLD		8
#define STEP_BACK	9

#define INTERVAL	4
#define OFF		31
#define NOTHING		1		/* no priority here is 1 */
#define BOUND		(3 * INTERVAL + 3 + 1)

#ifdef C
#define ROUTERS		3
#else
#define ROUTERS		2
#endif

byte state[ROUTERS] = INITIALIZE;
byte timer[ROUTERS] = OFF;
byte interval[ROUTERS] = INTERVAL;	/* Active_Adver_Interval */
byte rank[ROUTERS];			/* its priority; that is a word of spin */
bool preempt[ROUTERS];
bool holds[ROUTERS];			/* the addresses */
bool quiet;				/* weaker ones are not answered */
bool calm;				/* there are no more faults */
byte age;				/* ticks since then */
chan net[ROUTERS * ROUTERS] = [3] of { byte };	/* from, to: a priority */
byte last[ROUTERS * ROUTERS] = NOTHING;	/* what was sent there last */
hidden byte event, from, what, lost;

#define skew(i)	(((256 - rank[i]) * interval[i] + 255) / 256)

/* -- the actions of the table -- */

inline stop_timer() { timer[i] = OFF }
inline own_interval() { interval[i] = INTERVAL }
inline adopt_interval() { interval[i] = INTERVAL }
inline down_timer() { timer[i] = 3 * interval[i] + skew(i) }
inline skew_timer() { timer[i] = skew(i) }
inline advert_timer() { timer[i] = INTERVAL }
inline take_addresses() { assert(!holds[i]); holds[i] = true }
inline drop_addresses() { assert(holds[i]); holds[i] = false }
inline announce() { assert(holds[i]) }
inline announce_weaker() { assert(holds[i]) }

inline post_to(to, message)
{
	if
	:: to == i || last[i * ROUTERS + to] == message -> skip
	:: else ->
		if
		:: full(net[i * ROUTERS + to]) ->
			assert(!calm);
			net[i * ROUTERS + to] ? lost
		:: nfull(net[i * ROUTERS + to]) -> skip
		fi;
		net[i * ROUTERS + to] ! message;
		last[i * ROUTERS + to] = message
	fi
}

inline post(message)
{
	post_to(0, message);
	post_to(1, message);
#if ROUTERS > 2
	post_to(2, message);
#endif
	skip
}

inline send_advert() { assert(state[i] == ACTIVE); post(rank[i]) }
inline send_zero() { assert(event == SHUTDOWN); post(0) }

#include "table.pml"

/* -- the routers -- */

/* RFC 9568 6.4.2 and 6.4.3, (400) and (700): what the advertisement is to us */
inline judge()
{
	if
	:: what == 0 -> event = ZERO
	:: what != 0 && state[i] == ACTIVE ->
		if
		:: what > rank[i] || (what == rank[i] && from > i) ->
			event = YIELD
		:: else -> event = (quiet -> WEAKER_QUIET : WEAKER)
		fi
	:: what != 0 && state[i] == BACKUP ->
		event = (!preempt[i] || what >= rank[i] -> YIELD : WEAKER)
	fi
}

/*
 * A Backup that hears an Active takes over only if it may preempt and is better.
 * After an interval without faults it has heard whoever is Active, unless the
 * advertisement is still in its queue.
 */
#define may_follow(a)	(state[i] != BACKUP || state[a] != ACTIVE || \
	(preempt[i] && rank[i] > rank[a]) || \
	len(net[a * ROUTERS + i]) > 0)

/* Takes the oldest advertisement that came from one; faults may lose it. */
inline hear(sender)
{
	from = sender;
	net[sender * ROUTERS + i] ? what;
	if
	:: empty(net[sender * ROUTERS + i]) ->
		last[sender * ROUTERS + i] = NOTHING
	:: nempty(net[sender * ROUTERS + i]) -> skip
	fi;
	if
	:: state[i] == INITIALIZE || !calm -> skip
	:: state[i] != INITIALIZE -> judge(); machine()
	fi
}

proctype router(byte i)
{
	do
	:: atomic { timer[i] == 0 ->
		assert(age <= INTERVAL || (may_follow(0) && may_follow(1)));
#if ROUTERS > 2
		assert(age <= INTERVAL || may_follow(2));
#endif
		event = TIMER;
		machine() }
	:: atomic { nempty(net[i]) -> hear(0) }
	:: atomic { nempty(net[ROUTERS + i]) -> hear(1) }
#if ROUTERS > 2
	:: atomic { nempty(net[2 * ROUTERS + i]) -> hear(2) }
#endif
	:: atomic { !calm && state[i] == INITIALIZE ->
		event = (rank[i] == 255 -> STARTUP_OWNER : STARTUP);
		machine() }
	:: atomic { !calm && state[i] != INITIALIZE ->
		if
		:: event = SHUTDOWN; machine()
		:: state[i] = INITIALIZE; timer[i] = OFF;	/* a crash */
			interval[i] = INTERVAL; holds[i] = false
		fi }
	od
}

/* -- time, and what must be true -- */

#define idle(a)	(timer[a] > 0)
#define up(a)	(state[a] != INITIALIZE)
#define is_active(a) (state[a] == ACTIVE)
#define beats(a, b) (up(a) && preempt[a] && is_active(b) && \
	rank[a] > rank[b])
#if ROUTERS > 2
#define SETTLED	(idle(0) && idle(1) && idle(2) && empty(net[1]) && \
	empty(net[2]) && empty(net[3]) && empty(net[5]) && empty(net[6]) && \
	empty(net[7]))
#define RIGHT	((!up(0) && !up(1) && !up(2)) || (is_active(0) + \
	is_active(1) + is_active(2) == 1 && !beats(0, 1) && !beats(0, 2) && \
	!beats(1, 0) && !beats(1, 2) && !beats(2, 0) && !beats(2, 1)))
#else
#define SETTLED	(idle(0) && idle(1) && empty(net[1]) && empty(net[2]))
#define RIGHT	((!up(0) && !up(1)) || (is_active(0) + is_active(1) == 1 && \
	!beats(0, 1) && !beats(1, 0)))
#endif

inline pass(a)
{
	if
	:: timer[a] != OFF -> timer[a]--
	:: else -> skip
	fi
}

proctype clock()
{
	do
	:: atomic { !calm && SETTLED -> calm = true }
	:: atomic { SETTLED ->
		assert(age < BOUND || RIGHT);
		pass(0);
		pass(1);
#if ROUTERS > 2
		pass(2);
#endif
		age = (calm && age < BOUND -> age + 1 : age) }
	od
}

inline choose(a)
{
	if
	:: rank[a] = 255
	:: rank[a] = 192
	:: rank[a] = 128
	fi
}

init
{
	atomic {
#ifdef C
		rank[0] = A;
		rank[1] = B;
		rank[2] = C;
		preempt[2] = true;
#else
		choose(0);
		choose(1);
		if :: quiet = false :: quiet = true fi;
#endif
		if :: preempt[0] = true :: rank[0] < 255 -> skip fi;
		if :: preempt[1] = true :: rank[1] < 255 -> skip fi;
		run router(0);
		run router(1);
#ifdef C
		run router(2);
#endif
		run clock()
	}
}

/*
 * Time goes on until the bound (nothing is stuck, nobody talks without end), and
 * from then on exactly one is Active, the right one.
 */
ltl settles { [] (calm -> <> [] (age == BOUND && RIGHT)) }
