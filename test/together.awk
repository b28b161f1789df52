# Goal: tests that include the same headers are compiled as one program, since
# most of each is the daemon.  `program NAME' runs one of them.
# Method: the headers once, then each test without them.  A name that more than
# one of them declares for its whole file bears that of its test meanwhile.
#
#	awk -f test/together.awk test/NAME.c... >PROGRAM.c

# What a line declares for the whole file, or nothing.
function declared(line) {
	if (match(line, /^[a-z][a-z_0-9]*\(/))
		return substr(line, 1, RLENGTH - 1)
	if (line !~ /^(static|struct|enum|}) .*[][{=;,]/ || line ~ /\(/)
		return ""
	sub(/( \{| =|\[|;|,).*/, "", line)
	sub(/.*[ *]/, "", line)
	return line
}

FNR == 1 {
	name = FILENAME
	gsub(/.*\/|\.c$/, "", name)
	names[++count] = name
	text[name] = "#line 1 \"" FILENAME "\"\n"
}
/^#define VRRPD_PURE$|^#include "/ {
	if (!included[$0]++)
		headers = headers $0 "\n"
	$0 = ""
}
/^#define / {
	macro = $2
	sub(/\(.*/, "", macro)
	after[name] = after[name] "#undef " macro "\n"
}
# Each has its bench, of a type that all share: they may share the bench too.
(own = declared($0)) != "" && own != "bench" && !seen[name, own]++ {
	owners[own]++
	owned[name] = owned[name] " " own
}
{ text[name] = text[name] $0 "\n" }
END {
	printf "%s", headers
	for (i = 1; i <= count; i++) {
		name = names[i]
		n = split(owned[name], list, " ")
		for (k = 1; k <= n; k++) {
			if (owners[list[k]] < 2)
				continue
			print "#define", list[k], name "__" list[k]
			after[name] = after[name] "#undef " list[k] "\n"
		}
		printf "%s%s", text[name], after[name]
		rows = rows "\t{ \"" name "\", " name "__main },\n"
	}
	print "static const struct {\n\tconst char *name;\n\tint (*run)(void);"
	print "} programs[] = {\n" rows "};\n\nint\nmain(int argc, char **argv)"
	print "{\n\tfor (size_t i = 0; argc == 2 && i < " count "; i++) {"
	print "\t\tif (strcmp(programs[i].name, argv[1]) == 0)"
	print "\t\t\treturn programs[i].run();\n\t}\n\treturn argc != 1;\n}"
}
