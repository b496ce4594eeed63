// Command fail-filesystem makes a file system answer every read and write with an input/output error from now on, as
// the death of its disks does. Argument: the folder that it is mounted on.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// From the kernel's fs/ext4/ext4.h (EXT4_IOC_SHUTDOWN) and fs/xfs: the call is the same for both. Nothing that is not
// yet on the disk is written any more.
const (
	shutdown      = 0x8004587d
	withoutFlush  = 2
	argumentCount = 2
)

func main() {
	if len(os.Args) != argumentCount {
		fmt.Fprintln(os.Stderr, "usage: fail-filesystem FOLDER")
		os.Exit(2)
	}
	folder, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	how := uint32(withoutFlush)
	_, _, code := syscall.Syscall(syscall.SYS_IOCTL, folder.Fd(), shutdown, uintptr(unsafe.Pointer(&how)))
	if code != 0 {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], code)
		os.Exit(1)
	}
}
