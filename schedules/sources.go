//go:build !annulus_overlay

package schedules

import "embed"

// Sources is this package and those below it that executions need, as the package
// annulus/schedules/overlay places them into the standard library. Tests are among them.
// Binaries that do not use it are no larger for it.
//
//go:embed *.go atomic/*.go sync/*.go runtime/*.go plain/*.go files/*.go quote/*.go replays/*.go
//go:embed internal/distinct/*.go internal/hash/*.go internal/hook/*.go
//go:embed trace/*.go trace/page.css trace/page.html trace/page.js
//go:embed overlay/results/*.go overlay/driver/*.go
//go:embed overlay/std/runtime/*.go overlay/std/sync/*.go overlay/std/sync/atomic/*.go overlay/std/testing/*.go overlay/std/internal/race/*.go
var Sources embed.FS
