// Stands in for a program that cannot be had: it stays alive, answers its probe if it has one, and does none of its work.
// Called as a command rather than as a server (the last part of its name is in `commands`), it fails and says why.
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

var commands = []string{"pbm"}

func main() {
	name := filepath.Base(os.Args[0])
	if slices.Contains(commands, name) {
		fmt.Fprintf(os.Stderr, "%s: a stand-in, nothing is done\n", name)
		os.Exit(1)
	}
	fmt.Printf("%s: a stand-in, only alive\n", name)
	for _, argument := range os.Args[1:] {
		if address, found := strings.CutPrefix(argument, "--web.listen-address="); found {
			go answer(address)
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}

func answer(address string) {
	failure := http.ListenAndServe(address, http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(response, "a stand-in: no metrics")
	}))
	fmt.Fprintln(os.Stderr, failure)
	os.Exit(1)
}
