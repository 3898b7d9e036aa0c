package selftest

import "embed"

// Sources is this package without this file.
//
//go:embed doc.go selftest_test.go
var Sources embed.FS
