/* SPDX-License-Identifier: ISC */
/*
 * The scanner of keepalived.conf: comments, words, braces, include,
 * definitions, @id, ~SEQ and ~LST, commands; places and findings; limits.
 * Files come from memory.
 */
#include <fnmatch.h>
#include <stdlib.h>

#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

struct file {
	const char	*path, *text;	/* text NULL: cannot be read */
	size_t		length;		/* 0: strlen */
};

static const struct file *files;
static unsigned opened;

static void *
chunk(struct arena *a, size_t size)
{
	size_t bytes = size > 65536 ? size : 65536;
	void **memory = calloc(1, bytes + 16);

	if (memory == NULL)
		return NULL;
	*memory = a->chunks;
	a->chunks = memory;
	a->at = (uint8_t *)memory + 16;
	a->end = a->at + bytes;
	return memory;
}

static void
chunks_free(struct arena *a)
{
	while (a->chunks != NULL) {
		void *next = *(void **)a->chunks;

		free(a->chunks);
		a->chunks = next;
	}
}

static const char *
fake_open(const struct reader *r, struct arena *a, const char *path,
    size_t *length, const char **why)
{
	(void)r;
	opened++;
	for (const struct file *f = files; f->path != NULL; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		*why = "Permission denied";
		*length = f->length;
		if (f->text == NULL)
			return NULL;
		*length = f->length > 0 ? f->length : strlen(f->text);
		return arena_string(a, f->text, *length);
	}
	*why = "No such file or directory";
	return NULL;
}

static int
fake_glob(const struct reader *r, struct arena *a, const char *pattern,
    const char ***paths)
{
	int n = 0;

	(void)r;
	*paths = arena_array(a, 64, sizeof(**paths));
	for (const struct file *f = files; f->path != NULL && n < 64; f++) {
		if (fnmatch(pattern, f->path, FNM_PATHNAME | FNM_PERIOD) == 0)
			(*paths)[n++] = f->path;
	}
	return n;
}

static const char *
fake_environment(const struct reader *r, const char *name)
{
	(void)r;
	return strcmp(name, "HOME") == 0 ? "/root#1" : NULL;
}

static const char *
fake_host(const struct reader *r)
{
	(void)r;
	return "node1.example.org";
}

static uint32_t
fake_random(const struct reader *r)
{
	(void)r;
	return 32768 + 5;
}

static const struct reader reader = {
	.open = fake_open, .glob = fake_glob, .environment = fake_environment,
	.host_name = fake_host, .random = fake_random
};

/* A scan with all that it needs. */
static struct arena scratch, kept;
static struct diagnostics findings;
static struct scan scanner;
static struct conf_input input;

static void
begin(const struct file *list, const char *path)
{
	static const struct arena empty = { .more = chunk };

	chunks_free(&scratch);
	chunks_free(&kept);
	scratch = kept = empty;
	memset(&findings, 0, sizeof(findings));
	findings.arena = &kept;
	findings.last = &findings.first;
	files = list;
	opened = 0;
	input.reader = &reader;
	input.path = path;
	scan_start(&scanner, &input, &scratch, &findings);
}

/* What the scanner makes of the files: <word><word> { } ... */
static const char *
pieces(const struct file *list, const char *path)
{
	static char out[65536];
	struct text t = text_over(out, sizeof(out));
	struct line line;

	begin(list, path);
	while (scan_line(&scanner, &line)) {
		if (t.at > t.start)
			text_char(&t, ' ');
		if (line.kind != LINE_WORDS)
			text_char(&t, line.kind == LINE_OPEN ? '{' : '}');
		for (uint32_t i = 0; i < line.count; i++)
			text_format(&t, "<%s>", line.words[i].text);
	}
	CHECK_INT(line.kind, LINE_END);
	return text_end(&t);
}

/* All findings, one a line. */
static const char *
found(void)
{
	static const char words[] = "NWEF";
	static char out[65536];
	struct text t = text_over(out, sizeof(out));

	for (struct diagnostic *d = findings.first; d != NULL; d = d->next) {
		if (d->file != NULL)
			text_format(&t, "%s:", d->file);
		text_format(&t, "%u:%u:%c: %s\n", d->line, d->column,
		    words[d->severity], d->text);
	}
	return text_end(&t);
}

/* The pieces of one file's text. */
static const char *
scan(const char *text)
{
	struct file list[2] = { { "c", text, 0 }, { NULL, NULL, 0 } };

	return pieces(list, "c");
}

/* One text, what comes of it, and what is found: NULL for nothing. */
struct row {
	const char	*text, *pieces, *found;
};

static void
scan_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = scan(rows[i].text);

		if (strcmp(got, rows[i].pieces) != 0)
			printf("of %s\n", rows[i].text);
		CHECK_STR(got, rows[i].pieces);
		CHECK_STR(found(), rows[i].found == NULL ? "" : rows[i].found);
	}
}

/* keywords.md 1.2, in its order. */
static void
test_words(void)
{
	static const struct row rows[] = {
		/* 1: comments */
		{ "a#b", "<a>", NULL },
		{ "a!b\n  # x\n! y\n\nk v # z", "<a> <k><v>", NULL },
		{ "k \"a # b ! c\" d", "<k><a # b ! c><d>", NULL },
		{ "k a\\#b \\!c", "<k><a#b><!c>", NULL },
		{ "k \"a\\#b\"", "<k><a\\#b>", NULL },
		{ "k a\\b", "<k><a\\b>", NULL },
		{ "k ${_HASH}a ${_BANG} b", "<k><#a><!><b>", NULL },
		/* 2: '' does not protect */
		{ "k 'a # b'", "<k><'a>", NULL },
		/* 3: words */
		{ " \t k\f a\v b\r c\r\n", "<k><a><b><c>", NULL },
		{ "k \"\" x", "<k><><x>", NULL },
		{ "abc\"d e\"f", "<abc><d e><f>", NULL },
		{ "k \"a\"\"b\"c", "<k><a><b><c>", NULL },
		{ "k \"a\\\"b\"", "<k><a\\><b><>",
		  "c:1:8:E: '\"' opens here and does not close on this "
		  "line\n" },
		{ "k \"a b", "<k><a b>",
		  "c:1:3:E: '\"' opens here and does not close on this "
		  "line\n" },
		/* 4: '' is ordinary */
		{ "k 'x y'", "<k><'x><y'>", NULL },
		/* 8: no continuation */
		{ "k a\\\nb", "<k><a\\> <b>", NULL },
		/* 9: braces */
		{ "a{b", "<a> { <b>", NULL },
		{ "vb { a }", "<vb> { <a> }", NULL },
		{ "blk x { k 1 } k 2", "<blk><x> { <k><1> } <k><2>", NULL },
		{ "b\n{\n}", "<b> { }", NULL },
		{ "b {}}{", "<b> { } } {", NULL },
		{ "k \"{\" '}'", "<k><{><'> } <'>", NULL },
		/* 10: many words */
		{ "interface eth0 virtual_router_id 51",
		  "<interface><eth0><virtual_router_id><51>", NULL },
		/* 15: CRLF, BOM, NUL below */
		{ "k 1\r\n\r\nk 2\r\n", "<k><1> <k><2>", NULL },
		{ "\xef\xbb\xbfk 1", "<k><1>", NULL },
		{ "k \xd0\xb5", "<k><\xd0\xb5>", NULL },
		/* ours: a password that loses its end */
		{ "auth_pass a#b", "<auth_pass><a>",
		  "c:1:12:W: '#' ends the password: a comment begins here; "
		  "put the password in \"\"\n" },
		{ "key\t1 abcd#c", "<key><1><abcd>",
		  "c:1:11:W: '#' ends the password: a comment begins here; "
		  "put the password in \"\"\n" },
		{ "auth_pass ab #b", "<auth_pass><ab>", NULL },
		{ "auth_pass#b", "<auth_pass>", NULL },
		{ "interface eth0#b", "<interface><eth0>", NULL },
		{ "", "", NULL },
		{ "\n\n \n", "", NULL },
	};
	static const struct file nul[] = {
		{ "c", "a\nb\0c\nd", 7 }, { NULL, NULL, 0 }
	};
	char *big = malloc(100001);
	struct line line;

	scan_rows(rows, COUNT_OF(rows));
	CHECK_STR(pieces(nul, "c"), "<a> <d>");
	CHECK_STR(found(), "c:2:2:E: a NUL byte; the line is ignored\n");
	/* 14: no limit */
	memset(big, 'x', 100000);
	big[100000] = '\0';
	big[1] = ' ';
	begin((const struct file[]){ { "c", big, 0 }, { NULL, NULL, 0 } }, "c");
	CHECK(scan_line(&scanner, &line));
	CHECK_INT(strlen(line.words[1].text), 99998);
	CHECK(!scan_line(&scanner, &line) && findings.first == NULL);
	free(big);
}

static void
test_definitions(void)
{
	static const struct row rows[] = {
		{ "$A=1\nk $A", "<k><1>", NULL },
		{ "$A=  x y \"z w\" \nk $A", "<k><x><y><z w>", NULL },
		{ "$A=\nk a${A}b $A", "<k><ab>", NULL },
		{ "$A=1\n$A=2\nk $A", "<k><2>", NULL },
		{ "$A =1\n$B \t= \\\n2\nk $A $B", "<k><1><2>",
		  "c:1:1:E: a definition is written $A=VALUE, without a blank "
		  "before '='\n"
		  "c:2:1:E: a definition is written $B=VALUE, without a blank "
		  "before '='\n" },
		{ "@other $A =1\nk $A =1", "<k><$A><=1>", "c:2:3:E: definition "
		  "'A' does not exist; taken as it stands\n" },
		{ "$_x9=1\nk ${_x9}", "<k><1>", NULL },
		{ "$9=1\n", "<$9=1>", NULL },
		{ "xab=5\n$", "<xab=5> <$>", NULL },
		{ "$X", "<$X>", "c:1:1:E: definition 'X' does not exist; "
		  "taken as it stands\n" },
		/* where $NAME is one */
		{ "$A=1\nk $A,$A)$A $Ab $A/ $A", "<k><1,1)1><$Ab><$A/><1>",
		  "c:2:12:E: definition 'Ab' does not exist; taken as it "
		  "stands\n" },
		{ "$A=1\nk \"$A ${A}\" '$A ${A}'", "<k><1 1><'1><1'>",
		  NULL },
		{ "$A=1\nk \\$A", "<k><\\1>", NULL },
		{ "$P=_HASH\n$_HASH=x\nk ${_HASH}", "<k><x>", NULL },
		/* undefined: one finding, no braces */
		{ "k ${X} b", "<k><${X}><b>",
		  "c:1:3:E: definition 'X' does not exist\n" },
		{ "k ${X} {", "<k><${X}> {",
		  "c:1:3:E: definition 'X' does not exist\n" },
		{ "k \"${X}\"", "<k><${X}>", "c:1:4:N: definition 'X' does "
		  "not exist; taken as it stands\n" },
		{ "auth_pass ${SECRET}", "<auth_pass><${SECRET}>",
		  "c:1:11:E: definition '...' does not exist\n" },
		{ "auth_pass a$b", "<auth_pass><a$b>", "c:1:12:W: definition "
		  "'...' does not exist; taken as it stands\n" },
		{ "k $1 $ ${ x", "<k><$1><$><$> { <x>", NULL },
		{ "k \"${X-a}\"", "<k><${X-a}>", NULL },
		/* at use time, and again */
		{ "$A=${B}\n$B=1\nk $A", "<k><1>", NULL },
		{ "$A=$B\n$B=2\nk ${A},${A}", "<k><2,2>", NULL },
		{ "$A=x${A}\nk $A", "<k><x${A}>",
		  "c:2:3:E: definition 'A' contains itself\n" },
		{ "$A=${B}${B}\n$B=${A}\nk $A", "<k><${A}${A}>",
		  "c:3:3:E: definition 'A' contains itself\n" },
		{ "$B=k 1 { v }\n$B", "<k><1> { <v> }", NULL },
		/* several lines */
		{ "$M= \\\n a \\\n\n # c \\\n b x\n$M\nc", "<a> <b><x> <c>",
		  NULL },
		{ "$M=a \\\nb\nk $M", "<k><a> <b>", NULL },
		{ "$M= \\\na \\\nb\n$N= \\\nx \\\n$M\n$N", "<x> <a> <b>",
		  NULL },
		{ "$N= \\\n$M \\\nz\n$M= \\\na \\\nb\nk $N",
		  "<k><a> <b> <z>", NULL },
		{ "$M= \\\n$X=7 \\\n@node1 k $X \\\n@other k 8 \\\n"
		  "~SEQ(i,2) n $i\n$M", "<k><7> <n><1> <n><2>", NULL },
		{ "$M= \\\na \\\nb\nk $M x", "<k><$M><x>",
		  "c:4:3:E: definition 'M' has several lines and can only "
		  "end a line\n" },
		{ "$M= \\\na \\\n$M\n$M\nz", "<a> <$M> <z>",
		  "c:4:1:E: definition 'M' contains itself\n" },
		{ "$M= \\\na \\\n", "", "c:1:1:W: the last line of "
		  "definition 'M' ends in '\\'\n" },
		{ "@other $M= \\\na \\\nb\nc", "<c>", NULL },
		/* predefined */
		{ "k ${_PWD} $_PWD", "<k><.><.>", NULL },
		{ "k $_INSTANCE", "<k><node1>", NULL },
		{ "k ${_RANDOM} ${_RANDOM 7} ${_RANDOM 3 4}",
		  "<k><5><19><4>", NULL },
		{ "k ${_RANDOM 4 3}", "<k><${_RANDOM><4><3}>",
		  "c:1:3:E: definition '_RANDOM' has wrong arguments\n" },
		{ "k ${_ENV HOME} a${_ENV  NOPE }b", "<k></root#1><ab>",
		  NULL },
		{ "k ${_ENV}", "<k><${_ENV}>",
		  "c:1:3:E: definition '_ENV' has wrong arguments\n" },
		/* @id */
		{ "@node1 a\n@^node1 b\n@node2 c\n@^node2 d\n@node1\n@x",
		  "<a> <d>", NULL },
		{ "  @node1   @^x a", "<a>", NULL },
		{ "@ x", "<@><x>", NULL },
		{ "@node1 $A=1\n@node2 $A=2\nk $A", "<k><1>", NULL },
		{ "$IF=@node1\n$IF a\n$NOT=@^node1\n$NOT b", "<a>", NULL },
	};

	scan_rows(rows, COUNT_OF(rows));
	input.config_id = "other";
	CHECK_STR(scan("@other k $_INSTANCE\n@node1 b"), "<k><other>");
	input.config_id = NULL;
}

static void
test_loops(void)
{
	static const struct row rows[] = {
		{ "~SEQ(v,3) k $v", "<k><1> <k><2> <k><3>", NULL },
		{ "~SEQ(v, -2) k $v", "<k><-1> <k><-2>", NULL },
		{ "~SEQ(v,4,6) k a${v}b", "<k><a4b> <k><a5b> <k><a6b>",
		  NULL },
		{ "~SEQ(v,3,1) k $v", "<k><3> <k><2> <k><1>", NULL },
		{ "~SEQ(v,1,4,10) k $v", "<k><1> <k><5> <k><9>", NULL },
		{ "~SEQ(v,0x9,0x9) k $v", "<k><9>", NULL },
		{ "~SEQx(v,0x9,11) k $v", "<k><9> <k><a> <k><b>", NULL },
		{ "$N=2\n~SEQ(v,$N) k $v", "<k><1> <k><2>", NULL },
		{ "~SEQ(v,1,0,2) k", "",
		  "c:1:1:E: ~SEQ: the step does not lead to the end\n" },
		{ "~SEQ(v,1,-1,2) k", "",
		  "c:1:1:E: ~SEQ: the step does not lead to the end\n" },
		{ "~SEQ(v,x) k", "", "c:1:1:E: ~SEQ: not a number\n" },
		{ "~SEQ(v,--5) k", "", "c:1:1:E: ~SEQ: not a number\n" },
		{ "~SEQ(v) k", "", "c:1:1:E: ~SEQ: no number to end at\n" },
		{ "~SEQx(1,2) k", "",
		  "c:1:1:E: ~SEQx: the first argument is no name\n" },
		{ "~SEQ(v,1,1,1,1) k", "",
		  "c:1:1:E: ~SEQ: too many numbers\n" },
		{ "~SEQ(v,1", "", "c:1:1:E: ')' is missing\n" },
		{ "~FOO(v) k", "<~FOO(v)><k>", NULL },
		{ "~LST(v, a, \"b, c\",) k $v x", "<k><a><x> <k><b, c><x> "
		  "<k><x>", NULL },
		{ "~LST({v,w},{a,1},{b},c) k $v ${w}.",
		  "<k><a><1.> <k><b><.> <k><c><.>", NULL },
		{ "~LST({v,w},{a,1,2}) k $v $w", "<k><a><1>",
		  "c:1:1:E: ~LST: more values than names\n" },
		{ "~LST(v,{a,b}) k $v", "<k><a>",
		  "c:1:1:E: ~LST: more values than names\n" },
		{ "~LST(v) k $v", "", NULL },
		/* nested, leftmost outermost; the last value stays */
		{ "~SEQ(a,2) ~LST(b,x,y) k $a$b\nl $a $b",
		  "<k><$ax> <k><$ay> <k><$ax> <k><$ay> <l><2><y>",
		  NULL },
		{ "~SEQ(a,2) ~LST(b,x$a,y) k ${a}$b",
		  "<k><1x1> <k><1y> <k><2x2> <k><2y>", NULL },
		/* with a definition of several lines */
		{ "$V= \\\nv VI_$i { \\\nid $i \\\n}\n~SEQ(i,2) $V",
		  "<v><VI_1> { <id><1> } <v><VI_2> { <id><2> }", NULL },
		{ "b {\n~SEQ(i,2) 10.0.0.$i/24\n}", "<b> { <10.0.0.$i/24> "
		  "<10.0.0.$i/24> }", NULL },
		{ "~SEQ(i,2) v $i { k }", "<v><1> { <k> } <v><2> { <k> }",
		  NULL },
	};

	scan_rows(rows, COUNT_OF(rows));
}

static void
test_include(void)
{
	static const struct file tree[] = {
		{ "/etc/k/main", "a\ninclude sub/one\nz ${_PWD}\n", 0 },
		{ "/etc/k/sub/one", "b ${_PWD}\ninclude two # c\n", 0 },
		{ "/etc/k/sub/two", "c }\n", 0 },
		{ "/etc/k/sub/x.conf", "x\n", 0 },
		{ "/etc/k/sub/y.conf", "y\n", 0 },
		{ "/etc/k/sub/secret", NULL, 0 },
		{ "/etc/k/glob", "v {\ninclude sub/*.conf\n}", 0 },
		{ "/etc/k/brace", "include sub/{y,x}.{conf,no}\n", 0 },
		{ "/etc/k/nested", "include /etc/k/{sub/{two,x.conf},sub/one}",
		  0 },
		{ "/etc/k/missing", "include nope\ninclude sub/n*\n"
		  "include\nk", 0 },
		{ "/etc/k/sub/large", NULL, 1 << 20 },
		{ "/etc/k/secret", "include sub/secret\nk", 0 },
		{ "/etc/k/too", "include sub/large\nk", 0 },
		{ "/etc/k/r", "includer sub/secret", 0 },
		{ "/etc/k/r2", "includer nope", 0 },
		{ "/etc/k/r3", "includer n[o]pe*", 0 },
		{ "/etc/k/m", "includem sub/{two,nope}", 0 },
		{ "/etc/k/m2", "includem nope*", 0 },
		{ "/etc/k/w", "includew {nope*,sub/x*}", 0 },
		{ "/etc/k/b", "includeb sub/{x.conf,nope}", 0 },
		{ "/etc/k/a", "includea sub/{x,n}*", 0 },
		{ "/etc/k/quoted", "include \"sub/x.conf\"", 0 },
		{ "/etc/k/middle", "v { include sub/x.conf\n}", 0 },
		{ "/etc/k/var", "$F=sub\n$I=include\n"
		  "@node1 include ${F}/x.conf\n"
		  "$I $F/y.conf", 0 },
		{ "/etc/k/loop", "a\ninclude loop\nb", 0 },
		{ "/etc/k/def", "include open\nk 1", 0 },
		{ "/etc/k/open", "$M= \\\na \\\n", 0 },
		{ "rel", "include one\n", 0 },
		{ "one", "o ${_PWD}", 0 },
		{ NULL, NULL, 0 }
	};
	static const struct row rows[] = {
		{ "main", "<a> <b></etc/k/sub> <c> } <z></etc/k>", NULL },
		{ "glob", "<v> { <x> <y> }", NULL },
		{ "brace", "<y> <x>",
		  "/etc/k/brace:1:1:W: cannot read '/etc/k/sub/y.no': No such "
		  "file or directory\n"
		  "/etc/k/brace:1:1:W: cannot read '/etc/k/sub/x.no': No such "
		  "file or directory\n" },
		{ "nested", "<c> } <x> <b></etc/k/sub> <c> }", NULL },
		{ "missing", "<k>",
		  "/etc/k/missing:1:1:W: cannot read '/etc/k/nope': No such "
		  "file or directory\n"
		  "/etc/k/missing:2:1:N: no file matches '/etc/k/sub/n*'\n"
		  "/etc/k/missing:3:1:E: 'include' needs a file name of at "
		  "most 4096 bytes\n" },
		{ "secret", "<k>", "/etc/k/secret:1:1:W: cannot read "
		  "'/etc/k/sub/secret': Permission denied\n" },
		{ "too", "<k>", "/etc/k/too:1:1:F: cannot read "
		  "'/etc/k/sub/large': Permission denied\n" },
		{ "r", "", "/etc/k/r:1:1:F: cannot read "
		  "'/etc/k/sub/secret': Permission denied\n" },
		{ "r2", "", "/etc/k/r2:1:1:F: cannot read '/etc/k/nope': No "
		  "such file or directory\n" },
		{ "r3", "", "/etc/k/r3:1:1:N: no file matches "
		  "'/etc/k/n[o]pe*'\n" },
		{ "m", "<c> }", "/etc/k/m:1:1:W: cannot read "
		  "'/etc/k/sub/nope': No such file or directory\n" },
		{ "m2", "", "/etc/k/m2:1:1:N: no file matches "
		  "'/etc/k/nope*'\n"
		  "/etc/k/m2:1:1:F: no file matches 'nope*'\n" },
		{ "w", "<x>", "/etc/k/w:1:1:F: no file matches "
		  "'/etc/k/nope*'\n" },
		{ "b", "<x>", "/etc/k/b:1:1:F: cannot read "
		  "'/etc/k/sub/nope': No such file or directory\n" },
		{ "a", "<x>", "/etc/k/a:1:1:F: no file matches "
		  "'/etc/k/sub/n*'\n" },
		{ "quoted", "<x>", NULL },
		{ "middle", "<v> { }", "/etc/k/middle:1:5:E: 'include' must "
		  "be the first word of its line\n" },
		{ "var", "<x>", "/etc/k/var:4:1:W: cannot read "
		  "'/etc/k/$F/y.conf': No such file or directory\n" },
		{ "loop", "<a> <b>", "/etc/k/loop:2:1:E: cannot include "
		  "'/etc/k/loop': it includes itself\n" },
		{ "def", "<k><1>", "/etc/k/open:1:1:W: the last line of "
		  "definition 'M' ends in '\\'\n" },
		{ "nothing", "", "0:0:F: cannot read '/etc/k/nothing': No "
		  "such file or directory\n" },
		{ "sub/*.conf", "<x> <y>", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char path[64];
		struct text t = text_over(path, sizeof(path));

		text_format(&t, "/etc/k/%s", rows[i].text);
		text_end(&t);
		CHECK_STR(pieces(tree, path), rows[i].pieces);
		CHECK_STR(found(), rows[i].found == NULL ? "" : rows[i].found);
	}
	CHECK_STR(pieces(tree, "rel"), "<o><.>");
	input.all_includes = true;
	CHECK_STR(pieces(tree, "/etc/k/secret"), "<k>");
	CHECK_STR(found(), "/etc/k/secret:1:1:F: cannot read "
	    "'/etc/k/sub/secret': Permission denied\n");
	input.all_includes = false;
}

/* include_check, as the keyword table hands it over. */
static void
test_include_check(void)
{
	static const struct {
		const char	*text;
		unsigned	checks;
	} rows[] = {
		{ "include_check", INCLUDE_ALL },
		{ "include_check read", INCLUDE_READ },
		{ "include_check readable", INCLUDE_READ },
		{ "include_check match", INCLUDE_MATCH },
		{ "include_check +wildcard_match", INCLUDE_WILDCARD |
		    INCLUDE_READ },
		{ "include_check -read +brace_match", INCLUDE_BRACE },
		{ "include_check foo", INCLUDE_READ },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct file list[2] = { { "c", rows[i].text, 0 },
		    { NULL, NULL, 0 } };
		struct line line;

		begin(list, "c");
		scanner.checks = INCLUDE_READ;
		CHECK(scan_line(&scanner, &line));
		scan_include_check(&scanner, &line);
		CHECK_INT(scanner.checks, rows[i].checks);
	}
	CHECK_STR(found(), "c:1:15:E: include_check knows read, match, "
	    "wildcard_match and brace_match, not 'foo'\n");
}

/* A line by the second tokeniser, and its second word as arguments. */
static const char *
command(const char *text)
{
	static char out[4096];
	struct text t = text_over(out, sizeof(out));
	struct file list[2] = { { "c", text, 0 }, { NULL, NULL, 0 } };
	const char *const *argv;
	struct word *words;
	struct line line;
	uint32_t count;

	begin(list, "c");
	CHECK(scan_line(&scanner, &line));
	count = words_split(&scanner, &line.raw, &line.place, SPLIT_COMMAND,
	    &words);
	for (uint32_t i = 0; i < count; i++)
		text_format(&t, words[i].quoted ? "<%s>" : "(%s)",
		    words[i].text);
	if (count > 1) {
		argv = scan_command_argv(&scanner, &kept, &words[1]);
		text_char(&t, ' ');
		for (; argv != NULL && *argv != NULL; argv++)
			text_format(&t, "[%s]", *argv);
	}
	return text_end(&t);
}

/* keywords.md 1.2, rows 5 to 7 */
static void
test_commands(void)
{
	static const struct row rows[] = {
		{ "notify_master \"/x 'a b' \\x41\" user grp",
		  "(notify_master)</x 'a b' A>(user)(grp) [/x][a b][A]",
		  NULL },
		{ "notify_master /x a b", "(notify_master)(/x)(a)(b) [/x]",
		  NULL },
		{ "script '/x a'\"b c\"d e", "(script)</x ab cd>(e) "
		  "[/x][ab][cd]", NULL },
		{ "script \"/x ' sp\\\\040f\\x69le ' '\\\"s p\\\"' m\" u",
		  "(script)</x ' sp\\040file ' '\"s p\"' m>(u) "
		  "[/x][ sp file ][\"s p\"][m]", NULL },
		{ "script \"/x -c \\\"a b\\\" \\\\\\\"c\\\\\\\"\"",
		  "(script)</x -c \"a b\" \\\"c\\\"> [/x][-c][a b][\"c\"]",
		  NULL },
		{ "script \\\"/x\\\"", "(script)(\"/x\") [/x]", NULL },
		{ "s \"\\a\\b\\E\\f\\n\\r\\t\\v\\101\\0601\\x9\\xg\\cA\\q"
		  "\\\"\"",
		  "(s)<\a\b\33\f\n\r\t\vA01\txg\1q\">"
		  " [\a\b\33][A01][xg\1q]",
		  "c:1:42:E: '\"' opens here and does not close on this "
		  "line\n" },
		{ "s \"\\x4142 \\x414z\"", "(s)<B \24z> [B][\24z]",
		  NULL },	/* of more digits the last two */
		{ "s /x\\ y", "(s)(/x y) [/x][y]", NULL },
		{ "s \"/x >f | y && $(z)\"", "(s)</x >f | y && $(z)> "
		  "[/x][>f][|][y][&&][$(z)]", NULL },
		{ "s \"\"", "(s)<> ", NULL },
		{ "s \"'' a\"", "(s)<'' a> [][a]", NULL },
		{ "s \"a\\000b\"", "(s)<a> [a]", "c:1:4:E: no argument "
		  "of a program can hold the character NUL\n" },
		{ "s /x\\c}", "(s)(/xc) [/xc]", NULL },
		{ "s 'a b", "(s)<a b> [a][b]",
		  "c:1:4:E: a quote in this word does not close\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_STR(command(rows[i].text), rows[i].pieces);
		CHECK_STR(found(), rows[i].found == NULL ? "" : rows[i].found);
	}
}

/* Every word knows where it was written; if expanded, where it was used. */
static void
test_places(void)
{
	static const struct file list[] = {
		{ "c", "# x\n\tkey  \"a b\" c\\#d e { \n$A=1 2\n k $A z\n"
		  "$M= \\\nm \\\nn o\n  $M\n~SEQ(i,1) p $i q\ninclude d", 0 },
		{ "d", "\n r", 0 }, { NULL, NULL, 0 }
	};
	static const struct {
		const char	*word;
		uint32_t	line, column;
	} want[] = {
		{ "key", 2, 2 }, { "a b", 2, 8 }, { "c#d", 2, 13 },
		{ "e", 2, 18 }, { "k", 4, 2 }, { "1", 4, 4 }, { "2", 4, 4 },
		{ "z", 4, 7 }, { "m", 8, 3 }, { "n", 8, 3 }, { "o", 8, 3 },
		{ "p", 9, 11 }, { "1", 9, 11 }, { "q", 9, 11 }, { "r", 2, 2 },
	};
	struct line line;
	size_t n = 0;

	begin(list, "c");
	while (scan_line(&scanner, &line)) {
		if (line.kind == LINE_OPEN) {
			CHECK_INT(line.place.line, 2);
			CHECK_INT(line.place.column, 20);
		}
		for (uint32_t i = 0; i < line.count && n < COUNT_OF(want);
		    i++, n++) {
			CHECK_STR(line.words[i].text, want[n].word);
			CHECK_INT(line.words[i].place.line, want[n].line);
			CHECK_INT(line.words[i].place.column, want[n].column);
			CHECK_INT(line.words[i].quoted, n == 1);
			CHECK_STR(line.words[i].place.file,
			    n == COUNT_OF(want) - 1 ? "d" : "c");
		}
	}
	CHECK_INT(n, COUNT_OF(want));
	CHECK_STR(line.place.file, "c");
	CHECK_INT(line.place.line, 10);
}

/* Text that a careless scanner takes minutes for. */
static void
test_hostile(void)
{
	static const char *const units[] = {
		"${a", "${a ", "$a ", "${a}", "{", "\"", "~SEQ(i,1)", "a,",
		"$a=\n", "@x ", "\\\n", "$\n", "include {\n", "~LST(v,1)\n"
	};
	static const char *const starts[] = { "", "k ", "~LST(v,", "$a=$b\n",
	    "include ", "script \"", "$a= \\\n" };
	char *text = malloc(1 << 18);

	for (size_t i = 0; i < COUNT_OF(units) * COUNT_OF(starts); i++) {
		const char *unit = units[i % COUNT_OF(units)];
		const char *start = starts[i / COUNT_OF(units)];
		size_t at = strlen(start), length = strlen(unit);
		struct file list[2] = { { "c", text, 0 }, { NULL, NULL, 0 } };
		struct line line;
		struct word *words;

		memcpy(text, start, at);
		for (; at + length + 2 < 1 << 18; at += length)
			memcpy(text + at, unit, length);
		memcpy(text + at, ")", 2);
		begin(list, "c");
		while (scan_line(&scanner, &line)) {
			uint32_t n = line.kind == LINE_WORDS ?
			    words_split(&scanner, &line.raw, &line.place,
			    SPLIT_COMMAND, &words) : 0;

			if (n > 1)
				(void)scan_command_argv(&scanner, &kept,
				    &words[1]);
		}
		if (!CHECK(scratch.taken < 32U << 20 && !scratch.failed))
			printf("\t%s%s...: %zu\n", start, unit, scratch.taken);
	}
	free(text);
}

/* Files and expansions without end do end, with one finding. */
static void
test_limits(void)
{
	static char tree[14][8], name[14][8];
	struct file list[15];
	char *many = malloc(1 << 20);

	scan("$A=xxxxxxxxxxxxxxxx\n$B=${A}${A}${A}${A}\n$C=${B}${B}${B}${B}\n"
	    "$D=${C}${C}${C}${C}\n$E=${D}${D}${D}${D}\n$F=${E}${E}${E}${E}\n"
	    "$G=${F}${F}${F}${F}\n$H=${G}${G}${G}${G}\n$I=${H}${H}${H}${H}\n"
	    "$J=${I}${I}${I}${I}\n$K=${J}${J}${J}${J}\nk $K\nl");
	CHECK_STR(found(), "c:12:0:F: definitions and loops make more than "
	    "4 MB; the rest is not read\n");
	CHECK(scanner.stopped);
	CHECK_STR(scan("~SEQ(i,1000000000)\nk"), "");
	CHECK_STR(found(), "c:1:0:F: definitions and loops make more than "
	    "4 MB; the rest is not read\n");
	scan("include {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}");
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	scan("$M= \\\na \\\n~SEQ(i,99999999) ${N}\n$N= \\\n~SEQ(j,9999) $X\n"
	    "$X= \\\nx\n$M");
	CHECK_INT(findings.counts[SEVERITY_FATAL], 1);
	/* what is too deep to be read has been paid for all the same */
	{
		struct text t = text_over(many, 4096);

		for (int i = 0; i < INPUTS_MAX - 3; i++)
			text_format(&t, "~SEQ(a%d,1) ", i);
		text_format(&t, "~SEQ(x,9999) ~SEQ(y,99999) k");
		CHECK_STR(scan(text_end(&t)), "");
		CHECK_INT(findings.counts[SEVERITY_FATAL], 1);
	}
	/* definitions in one another */
	for (int i = 0; i < 2; i++) {
		struct text t = text_over(many, 4096);

		text_format(&t, "$D0=x\n");
		for (int j = 1; j < NESTING_MAX + i; j++)
			text_format(&t, "$D%d=${D%d}\n", j, j - 1);
		text_format(&t, "k ${D%d}", NESTING_MAX + i - 1);
		CHECK_STR(scan(text_end(&t)), i == 0 ? "<k><x>" :
		    "<k><${D0}>");
		CHECK_INT(findings.counts[SEVERITY_ERROR], i);
	}
	/* included eleven deep */
	for (int i = 0; i < 14; i++) {
		struct text t = text_over(name[i], 8);

		text_format(&t, "f%d", i);
		list[i].path = text_end(&t);
		t = text_over(tree[i], 8);
		text_format(&t, "inclu");
		list[i].length = 0;
	}
	memset(&list[14], 0, sizeof(list[14]));
	{
		static char texts[14][32];

		for (int i = 0; i < 14; i++) {
			struct text t = text_over(texts[i], 32);

			text_format(&t, "k %d\ninclude f%d", i, i + 1);
			list[i].text = text_end(&t);
		}
	}
	CHECK_STR(pieces(list, "f0"), "<k><0> <k><1> <k><2> <k><3> <k><4> "
	    "<k><5> <k><6> <k><7> <k><8> <k><9> <k><10>");
	CHECK_STR(found(), "f10:2:1:E: cannot include 'f11': files include "
	    "files more than 10 deep\n");
	/* more than 4 MB in small files, and in one */
	for (size_t i = 0; i < 1 << 16; i++)
		memcpy(many + i * 10, "include e\n", 10);
	many[655360] = '\0';
	list[0].path = "c";
	list[0].text = many;
	list[1].path = "e";
	list[1].text = "";
	list[2].path = NULL;
	pieces(list, "c");
	CHECK_INT(findings.counts[SEVERITY_FATAL], 1);
	CHECK(opened < 20000);
	list[0].length = CONF_BYTES_MAX + 1;
	list[0].text = calloc(1, CONF_BYTES_MAX + 2);
	CHECK_STR(pieces(list, "c"), "");
	CHECK_STR(found(), "0:0:F: files have more than 4 MB; the rest is not "
	    "read\n");
	free((void *)(uintptr_t)list[0].text);
	/* a thousand errors are enough */
	memset(many, 0, 1 << 20);
	for (size_t i = 0; i < 1 << 16; i++)
		memcpy(many + i * 2, "\"\n", 2);
	list[0].text = many;
	list[0].length = 0;
	pieces(list, "c");
	CHECK_INT(findings.counts[SEVERITY_ERROR], FINDINGS_MAX);
	CHECK_INT(findings.counts[SEVERITY_FATAL], 1);
	/* a long line of many words */
	memset(many, ' ', 1 << 20);
	for (size_t i = 0; i < 30000; i += 2)
		many[i] = 'x';
	many[30000] = '\0';
	pieces(list, "c");
	CHECK_STR(found(), "c:1:1:E: more than 8192 words in one line\n");
	free(many);
}

/* Of some keywords the one that a word is like, or NULL. */
static const char *
nearest(const char *word)
{
	static const char *const words[] = { "priority", "preempt",
	    "preempt_delay", "nopreempt", "track_script", "state", "id" };
	struct nearest n = nearest_to(word);

	for (size_t i = 0; i < COUNT_OF(words); i++)
		nearest_try(&n, words[i]);
	return n.found;
}

static void
test_findings(void)
{
	struct place place = { "c", 3, 5 }, other = { "c", 3, 6 };
	struct word word = { "nopr\xd0\xb5\xd0\xb5mpt", { "c", 1, 4 }, false };

	begin(NULL, NULL);
	complain(&findings, SEVERITY_WARNING, &place, "one %s", "\n\xff'");
	complain(&findings, SEVERITY_WARNING, &place, "one %s", "\n\xff'");
	complain(&findings, SEVERITY_ERROR, &place, "one %s", "\n\xff'");
	complain(&findings, SEVERITY_NOTE, &other, "two");
	complain_insecure(&findings, SEVERITY_WARNING, NULL, "three");
	complain(&findings, SEVERITY_NOTE, NULL, "three");
	CHECK_STR(found(), "c:3:5:E: one \\x0a\\xff'\nc:3:6:N: two\n"
	    "0:0:W: three\n");
	CHECK_INT(findings.counts[SEVERITY_NOTE], 1);
	CHECK_INT(findings.counts[SEVERITY_WARNING], 1);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	CHECK_INT(findings.insecure[SEVERITY_WARNING], 1);
	/* what follows from an error makes it worse, but is not shown */
	place.line = 4;
	complain_line(&findings, &place, "open");
	other.line = 4;
	complain(&findings, SEVERITY_WARNING, &other, "so what");
	complain(&findings, SEVERITY_FATAL, &other, "no VRID");
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	CHECK_INT(findings.counts[SEVERITY_FATAL], 1);
	CHECK_INT(findings.counts[SEVERITY_WARNING], 1);

	CHECK_INT(word_distance("abcd", 4, "abcd", 4), 0);
	CHECK_INT(word_distance("abcd", 4, "bacd", 4), 1);
	CHECK_INT(word_distance("abcd", 4, "abdc", 4), 1);
	CHECK_INT(word_distance("abcd", 4, "axcd", 4), 1);
	CHECK_INT(word_distance("abcd", 4, "abd", 3), 1);
	CHECK_INT(word_distance("abd", 3, "abcd", 4), 1);
	CHECK_INT(word_distance("abcd", 4, "dcba", 4), 3);
	CHECK_INT(word_distance("", 0, "ab", 2), 2);
	CHECK_STR(nearest("prioriy"), "priority");
	CHECK_STR(nearest("pirority"), "priority");
	CHECK_STR(nearest("track_scripts"), "track_script");
	CHECK_STR(nearest("preemt"), "preempt");
	CHECK_STR(nearest(word.text), "nopreempt");
	CHECK(nearest("interface") == NULL);
	CHECK(nearest("x") == NULL);
	CHECK(nearest("") == NULL);
	CHECK(nearest("a_word_that_is_longer_than_any_keyword_there") == NULL);

	CHECK_STR(odd_byte(&scanner, &word),
	    "non-ASCII letter U+0435 at column 8");
	word.text = "a\xe9";
	CHECK_STR(odd_byte(&scanner, &word), "byte 0xe9 at column 5");
	word.text = "\xf0\x9f\x98\x80";
	CHECK_STR(odd_byte(&scanner, &word),
	    "non-ASCII letter U+1f600 at column 4");
	word.text = "plain";
	CHECK(odd_byte(&scanner, &word) == NULL);
}

/* The same seed gives the same numbers. */
static void
test_random(void)
{
	struct file list[] = { { "c", "k $_RANDOM ${_RANDOM 1 6}", 0 },
	    { NULL, NULL, 0 } };
	struct line line;
	char first[16];

	begin(list, "c");
	scanner.seed = 42;
	CHECK(scan_line(&scanner, &line));
	memcpy(first, line.words[1].text, strlen(line.words[1].text) + 1);
	CHECK(strcmp(first, "5") != 0);
	begin(list, "c");
	scanner.seed = 42;
	CHECK(scan_line(&scanner, &line));
	CHECK_STR(line.words[1].text, first);
}

int
main(void)
{
	test_words();
	test_definitions();
	test_loops();
	test_include();
	test_include_check();
	test_commands();
	test_places();
	test_hostile();
	test_limits();
	test_findings();
	test_random();
	begin(NULL, NULL);
	chunks_free(&scratch);
	chunks_free(&kept);
	return check_end("conf_scan");
}
