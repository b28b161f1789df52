/* SPDX-License-Identifier: ISC */
/* An address as a value, for tests that include vrrpd.c. */
#ifndef IP_H
#define IP_H

/* An address of family from its bytes in network order. */
static struct ip
ip_from(uint8_t family, const uint8_t *bytes)
{
	struct ip ip;

	ip_set(&ip, family, bytes);
	return ip;
}

#endif
