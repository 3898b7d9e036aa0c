# Reads what go test -json prints, and prints each package when it has ended, the
# output of what failed, and how many have passed. It exits with 1 unless all have.

function field(name,    at, value) { # of the line; texts as they are in JSON
	at = index($0, "\"" name "\":")
	if (!at) return ""
	value = substr($0, at + length(name) + 3)
	if (substr(value, 1, 1) != "\"") { sub(/[,}].*/, "", value); return value }
	match(value, /^"([^"\\]|\\.)*"/)
	return substr(value, 2, RLENGTH - 2)
}

function plain(text,    out, at, c) { # what a text in JSON says
	while (at = index(text, "\\")) {
		out = out substr(text, 1, at - 1)
		c = substr(text, at + 1, 1)
		text = substr(text, at + 2)
		if (c == "n") c = "\n"
		else if (c == "t") c = "\t"
		else if (c == "r") c = "\r"
		else if (c == "u") {
			c = tolower(substr(text, 1, 4))
			text = substr(text, 5)
			c = c == "003c" ? "<" : c == "003e" ? ">" : c == "0026" ? "&" : c == "001b" ? "\033" : "\\u" c
		}
		out = out c
	}
	return out text
}

substr($0, 1, 1) != "{" { print; next } # the go command says something itself

{
	action = field("Action"); pkg = field("Package"); test = field("Test")
	key = pkg SUBSEP test
	if (action == "build-output") printf "%s", plain(field("Output"))
	else if (action == "start") running[pkg] = 1
	else if (action == "output") {
		if (!(key in said)) order[pkg] = order[pkg] test "\n"
		said[key] = said[key] field("Output")
	} else if (action == "pass" || action == "fail" || action == "skip") {
		if (test != "") { if (action != "fail") said[key] = ""; next }
		delete running[pkg]
		if (action == "skip") { skipped++; next } # there are no tests
		if (action == "fail") {
			n = split(order[pkg], tests, "\n")
			for (i = 1; i < n; i++) printf "%s", plain(said[pkg SUBSEP tests[i]])
			failed++
		} else passed++
		printf "%-4s %-40s %7.1f s\n", action == "pass" ? "ok" : "FAIL", pkg, field("Elapsed")
		fflush()
	}
}

END {
	for (pkg in running) { print "FAIL " pkg " has not ended"; failed++ }
	if (failed || !passed) { printf "FAIL: %d packages failed, %d passed\n", failed, passed; exit 1 }
	printf "PASS: %d packages\n", passed
}
