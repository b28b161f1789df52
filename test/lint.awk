# The countable rules of vrrpd.c and vrrpd.h; one line per finding.
#
#	awk -f test/lint.awk vrrpd.c
#
# Works on lines freed of comments and strings, statement by statement.  Knows
# no macros: #if branches must balance their braces, which is a rule too.

function say(line, what) {
	print FILENAME ":" line ": " what
}

# The line without comments; strings and characters become "".
function code_of(s,    out, token) {
	for (; s != ""; s = substr(s, RSTART + RLENGTH)) {
		if (in_comment) {
			if (!match(s, /\*\//))
				return out
			in_comment = 0
			continue
		}
		if (!match(s, TOKEN))
			return out s
		token = substr(s, RSTART, 2)
		out = out substr(s, 1, RSTART - 1)
		if (token == "//")
			return out
		if (token == "/*")
			in_comment = 1
		else
			out = out "\"\""
	}
	return out
}

# A banner opens a chapter; what it promises follows in 8 to 20 lines.
function banner(number, name) {
	if (number != chapter + 1 || name != CHAPTERS[number + 1])
		say(FNR, "chapter " number ", " name ": not the next one")
	chapter = number
	preamble = chapter > 0 ? FNR : 0
}

# Follows the comment under the banner; counts its lines.
function follow_preamble(raw) {
	if (raw == "" || raw ~ /^#/)
		return
	if (!preamble_start) {
		if (raw !~ /^\/\*/) {
			say(preamble, "no comment under the banner")
			preamble = 0
			return
		}
		preamble_start = FNR
	}
	if (raw !~ /\*\/$/)
		return
	if (FNR - preamble_start + 1 < 8 || FNR - preamble_start + 1 > 20)
		say(preamble, "the chapter's comment has " \
		    FNR - preamble_start + 1 " lines, not 8 to 20")
	preamble = preamble_start = 0
}

# A directive: conditionals belong in chapters 0 and 9, but for VRRPD_PURE.
function directive(code) {
	if (code ~ /^# *if/) {
		conditions++
		if (code ~ /^#ifndef VRRPD_PURE$/)
			outside = conditions
		else if (chapter > 0 && chapter != 9)
			say(FNR, "#if in chapter " chapter)
	} else if (code ~ /^# *endif/) {
		if (outside == conditions)
			outside = 0
		conditions--
	} else if (code ~ /<(stdio|syslog|getopt|math)\.h>/) {
		say(FNR, "header of what is not used here")
	}
}

# The whole text of a #define: no control flow in it.
function macro(code) {
	if (code ~ BEFORE FLOW AFTER)
		say(define_line, "macro with control flow")
}

# A function begins: `head` is all text before its brace.
function begin_function(head,    name, parameters) {
	gsub(/__attribute__ *\(\(([^()]|\([^()]*\))*\)\)/, "", head)
	match(head, /[A-Za-z_][A-Za-z_0-9]* *\(/)
	name = substr(head, RSTART, RLENGTH - 1)
	parameters = substr(head, RSTART + RLENGTH)
	function_name = name
	function_line = name_line ? name_line : statement_line
	nesting = 0
	too_deep = 0
	if (!name_line)
		say(statement_line, name "(): its name must begin the line")
	if (head !~ /^ *static / && name != "main")
		say(statement_line, name "(): not static")
	if (last[statement_line - 1] !~ /\*\/$/)
		say(statement_line, name "(): no comment above it")
	if (parameters ~ /struct world/ && parameters !~ /^struct world \*/)
		say(function_line, name "(): struct world is not first (R2)")
}

function end_function() {
	if (FNR - function_line + 1 > 60)
		say(function_line, function_name "(): " \
		    FNR - function_line + 1 " lines")
	function_name = ""
}

# A statement outside of functions ends with a semicolon: text has no braces.
function declaration(text) {
	if (text ~ /^ *typedef/ && text !~ /usec_t$/)
		say(statement_line, "typedef")
	else if (text ~ /\(/ && text !~ /[=}]/ && text !~ /_Static_assert/ &&
	    text !~ /^[^(]*\( *\*/)
		say(statement_line, "forward declaration (R1)")
}

# One of { } ( ) ; after `text`, which is what the statement holds so far.
function punctuate(c) {
	if (c == "(") {
		parens++
	} else if (c == ")") {
		parens--
	} else if (c == "{") {
		if (depth == 0 && text ~ /\(/ && text !~ /=/)
			begin_function(text)
		block[++depth] = function_name != "" && parens == 0 &&
		    text !~ /(=|return|,|\{) *(\([^()]*\) *)?$/
		nesting += block[depth]
		if (nesting > 4 && !too_deep) {
			say(FNR, function_name "(): nested too deep")
			too_deep = 1
		}
	} else if (c == "}") {
		nesting -= block[depth--]
		if (depth == 0 && function_name != "") {
			end_function()
			c = ";"
		}
	} else if (depth == 0) {
		declaration(text)
	}
	if (c == ";" || (depth > 0 && (c == "{" || c == "}")))
		text = ""
	else
		text = text c
	if (depth == 0 && text == "")
		statement_line = name_line = 0
}

function statement(code) {
	if (chapter > 0 && (chapter < 9) == (outside > 0) &&
	    !misplaced[chapter]++)
		say(FNR, "chapter " chapter " on the wrong side of " \
		    "#ifndef VRRPD_PURE (R3)")
	if (chapter > 0 && chapter < 9 && code ~ /struct world/)
		say(FNR, "struct world in a pure chapter (R2)")
	if (code ~ BEFORE "(float|double)" AFTER)
		say(FNR, "floating point")
	if (match(code, BEFORE BANNED "\\("))
		say(FNR, "not used here:" substr(code, RSTART, RLENGTH - 1))
	if (text ~ /^ *$/)
		statement_line = FNR
	if (depth == 0 && code ~ /^[A-Za-z_][A-Za-z_0-9]* *\(/ &&
	    code !~ /^__attribute__/)
		name_line = FNR
	for (; match(code, /[{}();]/); code = substr(code, RSTART + 1)) {
		text = text substr(code, 1, RSTART - 1)
		punctuate(substr(code, RSTART, 1))
		if (text == "")
			statement_line = FNR
	}
	text = text code " "
}

BEGIN {
	split("Contents Base Wire Netlink Configuration Machine Policy " \
	    "Router Status World Loop Main", CHAPTERS)
	TOKEN = "/\\*|//|\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)*'"
	BEFORE = "(^|[^A-Za-z_0-9])"
	AFTER = "([^A-Za-z_0-9]|$)"
	BANNED = "(v?s?n?printf|v?fprintf|s?scanf|strn?cpy|strn?cat|gets|" \
	    "system|popen|alloca|syslog|getopt|getopt_long|atoi|atof|strtod)"
	FLOW = "(return|goto|break|continue|if|for|while|switch)"
	chapter = -1
}

{
	last[FNR] = $0
	if (preamble)
		follow_preamble($0)
	if ($0 ~ /^\/\* ==== .* ==== \*\/$/)
		banner($3 + 0, $4)
	code = code_of($0)
	sub(/[ \t]+$/, "", code)
	gsub(/\t/, " ", code)
}

define_line || code ~ /^ *# *define/ {
	if (!define_line)
		define_line = FNR
	defined = defined code
	if (code ~ /\\$/)
		next
	macro(defined)
	defined = ""
	define_line = 0
	next
}

code ~ /^ *#/ {
	directive(code)
	next
}

code !~ /^ *$/ {
	statement(code)
}

END {
	if (FILENAME ~ /\.c$/)
		while (++chapter < 12)
			say(FNR, "no chapter " CHAPTERS[chapter + 1])
	if (depth != 0 || conditions != 0)
		say(FNR, "braces or #if do not balance")
}
