/* SPDX-License-Identifier: ISC */
/* Packets as people write them.  For tests that include vrrpd.c. */

/* Hexadecimal digits, blanks between them, to bytes; returns their number. */
static size_t
unhex(const char *text, uint8_t *bytes)
{
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		int value = digit_value(*text, 16);

		if (value < 0)
			continue;
		bytes[digits / 2] = (uint8_t)(digits % 2 == 0 ? value << 4 :
		    bytes[digits / 2] | value);
		digits++;
	}
	return digits / 2;
}
