// SPDX-License-Identifier: MPL-2.0

// Command demo goes the whole way once, on this machine and in front of the
// reader's eyes: it starts a lab (a SCEP CA, a provisioning server, three
// simulated phones), plans and applies examples/quickstart with OpenTofu or
// Terraform, waits until the phones hold their certificates, proves what was
// written and what not, changes one parameter, repairs drift, and takes
// everything down again. Nothing but loopback is reached. It ends with a status
// other than 0 when one step does not show what it should.
//
//	make demo           # builds what is needed and runs this
//	make demo KEEP=1    # leaves the lab up at the end and prints its addresses
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root, err := os.Getwd()
	if err == nil {
		err = Run(ctx, Options{
			Root:   root,
			Keep:   os.Getenv("KEEP") != "" && os.Getenv("KEEP") != "0",
			Out:    os.Stdout,
			Color:  term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
			Search: os.Getenv("PATH"),
		})
	}
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}
