/* SPDX-License-Identifier: ISC */
/*
 * Blocks of MD5 and SHA-256 that were computed before are looked up: every
 * router that hears a signed packet computes what its sender did, which were
 * two thirds of the simulator's time.  What a packet is refused or accepted for
 * is as it is without this.  Sender and receiver would believe the same wrong
 * block, so that one in MIXED_PROVED is computed all the same, and compared.
 */

/* A block and the state it was mixed into, and the state after that. */
struct mixed {
	void		(*mix)(uint32_t [8], uint32_t [16]);
	uint32_t	before[8], words[16], after[8];
};

#define MIXED_BITS	14
#define MIXED_PROVED	256

/* Mixes a block into the state, which the function does or has done before. */
static void
mix_once(void (*mix)(uint32_t [8], uint32_t [16]), uint32_t state[8],
    uint32_t words[16])
{
	static struct mixed table[1 << MIXED_BITS];
	static unsigned known;
	struct mixed *mixed;
	uint64_t hash = 0;

	for (unsigned i = 0; i < 24; i++) {
		hash = (hash ^ (i < 8 ? state[i] : words[i - 8])) *
		    0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	mixed = &table[hash >> (64 - MIXED_BITS)];
	if (mixed->mix != mix || memcmp(mixed->before, state,
	    sizeof(mixed->before)) != 0 || memcmp(mixed->words, words,
	    sizeof(mixed->words)) != 0) {
		mixed->mix = mix;
		memcpy(mixed->before, state, sizeof(mixed->before));
		memcpy(mixed->words, words, sizeof(mixed->words));
		mix(state, words);
		memcpy(mixed->after, state, sizeof(mixed->after));
	} else if (known++ % MIXED_PROVED == 0) {
		mix(state, words);
		if (memcmp(mixed->after, state, sizeof(mixed->after)) != 0) {
			printf("sim: a digest is not what it was\n");
			abort();
		}
	}
	memcpy(state, mixed->after, sizeof(mixed->after));
}

/* What vrrpd.c has in place of its own md5_mix. */
static void
md5_mix(uint32_t state[8], uint32_t words[16])
{
	mix_once(md5_mix_in_full, state, words);
}

/* What vrrpd.c has in place of its own sha256_mix. */
static void
sha256_mix(uint32_t state[8], uint32_t words[16])
{
	mix_once(sha256_mix_in_full, state, words);
}
