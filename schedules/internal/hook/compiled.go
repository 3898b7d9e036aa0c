//go:build !annulus_plain

package hook

// Compiled reports whether the drop-ins contain their yield points. The build
// tag annulus_plain leaves them out.
const Compiled = true
