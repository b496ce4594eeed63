package main

import (
	"os"
	"syscall"
	"unsafe"
)

// From linux/if_tun.h: TUNSETIFF, and the flags for whole IP packets without a header of the device's own.
const (
	setInterface = 0x400454ca
	flagTun      = 0x0001
	flagPlain    = 0x1000
)

type interfaceRequest struct {
	name  [16]byte
	flags uint16
	_     [22]byte
}

func openTun(name string) (*os.File, error) {
	descriptor, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	request := interfaceRequest{flags: flagTun | flagPlain}
	copy(request.name[:15], name)
	_, _, code := syscall.Syscall(syscall.SYS_IOCTL, uintptr(descriptor), setInterface, uintptr(unsafe.Pointer(&request)))
	if code != 0 {
		return nil, code
	}
	return os.NewFile(uintptr(descriptor), name), nil
}
