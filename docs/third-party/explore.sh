#!/bin/sh
# Explores a package that others have written. Usage, with the network or the module
# in the cache:
#
#	docs/third-party/explore.sh module@version scenarios files...
#
# scenarios is a test file that imports the module, files are patterns of those of
# the module's files whose imports are swapped. All happens in a temporary directory:
# a module that depends on the package, as yours may, and beside it a rewritten copy
# of the package, which takes its place where -modfile=explore.mod is given.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
module=${1%@*} version=${1#*@} scenarios=$2
shift 2
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS="${GOFLAGS:-} -mod=mod"

# Your module.
go mod init scenarios 2>/dev/null
go mod edit -require=annulus@v0.0.0 -replace=annulus="${here%/docs/third-party}" -require="$module@$version"
cp "$here/$scenarios" scenarios_test.go

# The package with its imports swapped.
go mod download "$module@$version"
cp -r "$(go list -m -f '{{.Dir}}' "$module@$version")" swapped
chmod -R u+w swapped
for pattern; do
	for file in swapped/$pattern; do
		sed -e 's#"sync"$#"annulus/schedules/sync"#' \
			-e 's#"sync/atomic"$#"annulus/schedules/atomic"#' \
			"$file" >swapped.tmp
		mv swapped.tmp "$file"
	done
done

# Your module with that in place of the package.
cp go.mod explore.mod
go mod edit -replace="$module=./swapped" explore.mod
go test -modfile=explore.mod -count=1 -v .
