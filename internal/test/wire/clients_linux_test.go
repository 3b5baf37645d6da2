// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
)

// patience is how long a server may take to start.
const patience = time.Minute

// listen opens a DHCP client's connection in the client's namespace.
func (n *network) listen() net.PacketConn {
	n.t.Helper()
	type result struct {
		c   net.PacketConn
		err error
	}
	done := make(chan result, 1)
	go func() {
		// The thread stays in the namespace and ends with the goroutine.
		runtime.LockOSThread()
		ns, err := os.Open(filepath.Join("/run/netns", n.client))
		if err != nil {
			done <- result{err: err}
			return
		}
		defer ns.Close()
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- result{err: err}
			return
		}
		c, err := dhcp4.ListenClient(clientPort)
		done <- result{c, err}
	}()
	r := <-done
	if r.err != nil {
		n.t.Fatal(r.err)
	}
	n.t.Cleanup(func() { r.c.Close() })
	return r.c
}

// phone is our own client: a simulated phone that has asked as a model.
func (n *network) phone(c net.PacketConn, m device.Model) (*phone.Phone, phone.Offer) {
	n.t.Helper()
	p, err := phone.New(phone.Config{Identity: device.Identity{Model: m, MAC: identity().MAC}})
	if err != nil {
		n.t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		o, err := p.AskDHCP(n.t.Context(), c)
		if err == nil {
			return p, o
		}
		if !errors.Is(err, phone.ErrNoServer) || time.Now().After(deadline) {
			n.t.Fatal(err)
		}
	}
}

// udhcpc asks as a model, by default for option 43, too, and returns what the
// server sent, by BusyBox's names. It announces a message size of 576.
func (n *network) udhcpc(model string, options ...string) map[string]string {
	n.t.Helper()
	script, result := n.path("udhcpc.sh"), n.path("udhcpc.env")
	write(n.t, script, "#!/bin/sh\n[ \"$1\" = bound ] && env > "+result+"\nexit 0\n", 0o755)
	if len(options) == 0 {
		options = []string{"-O", "43", "-O", "15"}
	}
	args := append([]string{"udhcpc", "-f", "-q", "-n", "-t", "4", "-T", "1", "-i", clientPort, "-V", model, "-s", script}, options...)
	for deadline := time.Now().Add(patience); ; {
		out, err := n.try(n.client, args...)
		if err == nil {
			return environment(n.t, result)
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// dhclient asks as a model and returns option 43 in its own spelling. Its script
// is ours: the distribution's rewrites /etc/resolv.conf.
func (n *network) dhclient(model string) string {
	n.t.Helper()
	script, result := n.path("dhclient.sh"), n.path("dhclient.env")
	write(n.t, script, "#!/bin/sh\n[ \"$reason\" = BOUND ] && env > "+result+".new && mv "+result+".new "+result+"\nexit 0\n", 0o755)
	write(n.t, n.path("dhclient.conf"), fmt.Sprintf("timeout 8;\nsend vendor-class-identifier %q;\nrequest subnet-mask, domain-name, vendor-encapsulated-options;\n", model), 0o644)
	write(n.t, n.path("dhclient.leases"), "", 0o644)
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	cmd := n.command(ctx, n.client, "dhclient", "-4", "-1", "-d", "-cf", n.path("dhclient.conf"), "-lf", n.path("dhclient.leases"),
		"-pf", n.path("dhclient.pid"), "-sf", script, clientPort)
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	await(n.t, result)
	return environment(n.t, result)["new_vendor_encapsulated_options"]
}

// environment reads what env printed.
func environment(t *testing.T, file string) map[string]string {
	t.Helper()
	env := map[string]string{}
	for l := range strings.Lines(read(t, file)) {
		k, v, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "=")
		env[k] = v
	}
	return env
}
