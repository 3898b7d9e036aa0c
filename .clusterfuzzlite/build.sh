#!/bin/bash -eu
# Builds every native fuzz target of the module as a libFuzzer binary. It runs in
# the builder of OSS-Fuzz, on a copy of the source that it may change.

# The tool replaces package testing in the file of a target only, and links no
# other test file: what targets share with tests becomes part of the package.
# Coverage builds are tests and need no such thing.
make_linkable() {
	(cd "$1"
	for file in *_test.go; do
		if grep -q '^package .*_test$' "$file"; then
			rm "$file"
		else
			mv "$file" "${file%_test.go}_linked.go"
		fi
	done)
}

target='^func Fuzz[A-Za-z]*(f \*testing\.F)'
packages=$(grep -rl --include='*_test.go' "$target" buffer model schedules linearizability fuzz | xargs -n1 dirname | sort -u)
go get github.com/AdamKorcz/go-118-fuzz-build/testing

for package in $packages; do
	names=$(grep -ho "$target" "$package"/*_test.go | sed 's/^func //; s/(.*//' | sort)
	for name in $names; do
		go run .clusterfuzzlite/seeds.go "$package" "$name" "$OUT/${name}_seed_corpus.zip"
	done
	if [[ ${SANITIZER:-} != *coverage* ]]; then
		make_linkable "$package"
	fi
	for name in $names; do
		case $name in
		# They make their seeds by exploring, and what is built here does so anew
		# for every input. FuzzParsers reads the same formats.
		FuzzLoadReport | FuzzLoadVerification) continue ;;
		esac
		compile_native_go_fuzzer "annulus/$package" "$name" "$name"
	done
done
