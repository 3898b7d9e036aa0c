//go:build 386 || amd64 || arm || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x

package hook

import "unsafe"

// StackTop returns the address behind the stack of the goroutine that [G] names. It
// is good until the goroutine's next call, at which the stack may move. 0 stands for
// an address that is not known.
//
// A goroutine's descriptor begins with the bounds of its stack. The runtime holds
// itself to that, since the linker and cgo know it, too.
//
//go:norace
//go:nocheckptr
func StackTop(g uintptr) uintptr { return (*(**[2]uintptr)(unsafe.Pointer(&g)))[1] }
