//go:build !(386 || amd64 || arm || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x) && !annulus_overlay

package hook

// G identifies the calling goroutine: no two goroutines that live at the same
// time share the value, and it is never 0.
func G() uintptr { return Goroutine() }
