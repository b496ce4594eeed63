// Command init is the first process of a machine of the lab. It says "ready" and buries the dead until it is killed,
// and everything in its process namespace with it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	deaths := make(chan os.Signal, 1)
	signal.Notify(deaths, syscall.SIGCHLD)
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGPIPE)
	fmt.Println("ready")
	for range deaths {
		for {
			dead, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if err == syscall.EINTR {
				continue
			}
			if dead <= 0 || err != nil {
				break
			}
		}
	}
}
