# Joins test/conformance.items with the tests that cite its items, and with what
# these tests said when they last ran.
#
#	awk [-v brief=1] -f conformance.awk ITEMS TEST... LOG...
#
# brief: one line for the count, and the items with nothing to show.
#
# A lab test cites an item in the text of a check; a comment of a script is no
# citation, and the words of the check say what its judge was.  A unit test
# cites it above the lines that show it.  Exit status 1: an item has no test
# and no reason, its tests lack the judge it needs, or one of them failed.

# The judges that stand in the words of a lab test's check.
function judges(words, found) {
	if (words ~ /tshark|signed|^field|^common|^interop/)
		found = found " wire"
	if (words ~ /has_addr|holders|ipn r|show |addresses"|event|went / ||
	    words ~ /answers/)
		found = found " kernel"
	if (words ~ /within|regular|schedule|count|seen|wire |stays/)
		found = found " time"
	if (words ~ /noted|fifo|runs_until|log|statistic|notes|order|called/)
		found = found " told"
	if (words ~ /keys|on r1 sed|hang_time|gone/)
		found = found " told"
	if (words ~ /status|ended/)
		found = found " exit"
	return found
}

function cite(item, test, kinds, n, kind) {
	if (!((item, test) in cited)) {
		cited[item, test] = 1
		tests[item] = tests[item] " " test
	}
	n = split(kinds, kind, " ")
	for (; n > 0; n--)
		judged[item, kind[n]] = 1
}

function cite_all(text, test, kinds) {
	for (; match(text, /C-[01][0-9][0-9]/); text = substr(text, RSTART + 5))
		cite(substr(text, RSTART, 5), test, kinds)
}

function end_of_check() {
	if (check != "")
		cite_all(check, test, judges(check))
	check = ""
}

# The name of a test, or of the log of one.
function name_of(path) {
	sub(/.*\//, "", path)
	sub(/\.[a-z]+$/, "", path)
	return path
}

function indentation(line) {
	match(line, /^\t*/)
	return RLENGTH
}

FNR == 1 {
	end_of_check()
	test = name_of(FILENAME)
	kind = FILENAME
	sub(/.*\./, "", kind)
}

kind == "items" && /^@/ {
	name = $1
	sub(/^@[a-z]+[ \t]*/, "")
	reason[name] = $0
}

kind == "items" && /^==/ { section[count + 1] = substr($0, 4) }

kind == "items" && /^C-/ {
	order[++count] = $1
	need[$1] = $2
	text = $0
	sub(/^[^\t]*\t[^\t]*\t/, "", text)
	says[$1] = text
}

kind == "c" { cite_all($0, test, "unit time told") }

# A check goes on until a line that begins a command no deeper than it does.
kind == "sh" {
	line = $0
	sub(/^\t*/, "", line)
	if (check != "" && indentation($0) <= depth && line ~ /^[a-z]/)
		end_of_check()
	if (check != "")
		check = check " " line
	else if (line !~ /^#/ && line ~ /C-[01][0-9][0-9]/) {
		check = line
		depth = indentation($0)
	}
}

kind == "count" {
	ran[test] = $1 + $2 > 0
	failed[test] = $2 > 0
}

kind == "log" && /^FAIL .*C-[01]/ {
	for (text = $0; match(text, /C-[01][0-9][0-9]/);
	    text = substr(text, RSTART + 5))
		broken[substr(text, RSTART, 5), test] = 1
}

kind == "log" && /^ok .*C-[01]/ {
	for (text = $0; match(text, /C-[01][0-9][0-9]/);
	    text = substr(text, RSTART + 5))
		good[substr(text, RSTART, 5), test] = 1
}

# What became of an item in a test: unit tests pass as a whole.
function verdict(item, test) {
	if ((item, test) in broken)
		return "failed"
	if ((item, test) in good)
		return "passed"
	if (!ran[test] || test ~ /^[0-9]/)
		return "not run"
	return failed[test] ? "failed" : "passed"
}

# How an item stands, over all its tests.
function stand(item, n, list, i, result, worst) {
	n = split(tests[item], list, " ")
	worst = n > 0 ? "not run" : "not shown"
	for (i = 1; i <= n; i++) {
		result = verdict(item, list[i])
		if (result == "failed")
			return "failed"
		if (result == "passed")
			worst = "passed"
	}
	return worst
}

function print_item(item, n, list, i) {
	printf "%s  %-8s  %s\n", item, how, says[item]
	if (need[item] ~ /^@/) {
		printf "                 %s\n", reason[need[item]]
		return
	}
	printf "                 %s:", need[item]
	n = split(tests[item], list, " ")
	for (i = 1; i <= n; i++)
		printf " %s", list[i]
	print ""
}

END {
	end_of_check()
	for (i = 1; i <= count; i++) {
		item = order[i]
		how = stand(item)
		if (need[item] ~ /^@/) {
			if (how != "not shown" || !(need[item] in reason))
				how = "wrong"
			else
				how = "later"
		} else if (tests[item] != "" && !((item, need[item]) in judged))
			how = "no judge"
		total[how]++
		if (!brief && i in section)
			print (i > 1 ? "\n" : "") section[i]
		if (!brief || how ~ /not shown|no judge|wrong/)
			print_item(item)
		else if (how == "failed")
			losers = losers " " item
	}
	if (losers != "")
		print "in tests that failed:" losers
	if (!brief)
		print "\nFor the judges see test/conformance.items"
	printf "conformance: %d items", count
	n = split("passed,not run,later,failed,not shown,no judge,wrong", all,
	    ",")
	for (i = 1; i <= n; i++) {
		if (total[all[i]])
			printf ", %d %s", total[all[i]], all[i]
	}
	print ""
	bad = total["failed"] + total["not shown"] + total["no judge"]
	exit bad + total["wrong"] > 0
}
