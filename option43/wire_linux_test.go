// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// wireServer is a DHCP server that runs on this machine.
type wireServer struct {
	format string
	lint   func(n *network, config string) []string
	serve  func(n *network, config string) []string
}

var wireServers = []wireServer{
	{format: "kea", lint: keaLint, serve: keaServe},
	{format: "kea-structured", lint: keaLint, serve: keaServe},
	{format: "isc-dhcpd", lint: dhcpdLint, serve: dhcpdServe},
	{format: "isc-dhcpd-raw", lint: dhcpdLint, serve: dhcpdServe},
	{
		format: "dnsmasq",
		lint:   func(_ *network, config string) []string { return []string{"dnsmasq", "--test", "-C", config} },
		serve: func(n *network, config string) []string {
			return []string{"dnsmasq", "--no-daemon", "--no-ping", "--port=0", "--user=root", "--interface=" + lab.Interface,
				"--dhcp-leasefile=" + filepath.Join(n.dir, "leases"), "--pid-file=" + filepath.Join(n.dir, "pid"), "-C", config}
		},
	},
}

func keaLint(_ *network, config string) []string  { return []string{"kea-dhcp4", "-t", config} }
func keaServe(_ *network, config string) []string { return []string{"kea-dhcp4", "-c", config} }

func dhcpdLint(n *network, config string) []string {
	return []string{"dhcpd", "-4", "-t", "-cf", config, "-lf", n.leases()}
}

func dhcpdServe(n *network, config string) []string {
	return []string{"dhcpd", "-4", "-f", "-d", "-cf", config, "-lf", n.leases(), "--no-pid", lab.Interface}
}

// TestS32S41S43OnTheWire lets each server that can be had here, configured by our
// snippet and nothing else, serve a phone's question, and compares the bytes with
// the document's. A model that is no phone of the list gets nothing.
func TestS32S41S43OnTheWire(t *testing.T) {
	needPeers(t, "ip", "tcpdump", "tshark", "udhcpc", "dhclient", "kea-dhcp4", "dhcpd", "dnsmasq")
	want := strings.ToLower(option43.ExampleHex)
	for _, s := range wireServers {
		t.Run(s.format, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			text, err := option43.Snippet(s.format, option43.Example(), option43.Target{Domain: "example.nl", Network: lab})
			if err != nil {
				t.Fatal(err)
			}
			config := filepath.Join(n.dir, "server.conf")
			write(t, config, text, 0o644)
			n.run(n.server, s.lint(n, config)...)
			capture := filepath.Join(n.dir, "wire.pcap")
			stopCapture := n.start(n.server, "tcpdump", "--immediate-mode", "-Z", "root", "-U", "-n", "-i", lab.Interface, "-w", capture, "udp port 67 or udp port 68")
			n.start(n.server, s.serve(n, config)...)

			for _, model := range []string{"DP-9871", "CP-8875"} {
				if got := n.udhcpc(model); got["opt43"] != want || got["domain"] != "example.nl" {
					t.Errorf("udhcpc as %s: option 43 %q, domain %q; want %s", model, got["opt43"], got["domain"], want)
				}
			}
			if got := n.udhcpc("DP-9845"); got["ip"] == "" || got["opt43"] != "" || got["domain"] != "" {
				t.Errorf("udhcpc as DP-9845, which is no phone: %v, want an address and nothing of ours", got)
			}
			value := n.dhclient("DP-9871")
			if b, err := option43.ParseText(value); err != nil || hex.EncodeToString(b) != want {
				t.Errorf("dhclient: %q is %x, %v", value, b, err)
			}
			stopCapture()
			n.compareCapture(capture, want)
		})
	}
}

// compareCapture holds what tshark reads in the capture against what we read.
func (n *network) compareCapture(file, want string) {
	n.t.Helper()
	out := n.run("", "tshark", "-n", "-r", file, "-T", "fields", "-E", "separator=;",
		"-e", "dhcp.option.dhcp", "-e", "dhcp.option.vendor_class_id", "-e", "dhcp.option.domain_name", "-e", "dhcp.option.vendor.value")
	var theirs, ours []string
	for l := range strings.Lines(out) {
		theirs = append(theirs, strings.ReplaceAll(strings.TrimSpace(l), ":", ""))
	}
	f, err := os.Open(file)
	if err != nil {
		n.t.Fatal(err)
	}
	defer f.Close()
	answers := 0
	for m, err := range option43.Messages(f) {
		if err != nil {
			n.t.Fatal(err)
		}
		ours = append(ours, fmt.Sprintf("%d;%s;%s;%x", m.Type, m.VendorClass, m.Domain, m.Option43))
		if m.FromServer() && m.Instances > 0 {
			answers++
			if got := hex.EncodeToString(m.Option43); got != want || m.Domain != "example.nl" {
				n.t.Errorf("packet %d: option 43 %s, domain %q", m.Packet, got, m.Domain)
			}
		}
	}
	if answers < 4 {
		n.t.Errorf("%d answers with option 43 in the capture, want offer and acknowledgement for at least two clients", answers)
	}
	if strings.Join(theirs, "\n") != strings.Join(ours, "\n") {
		n.t.Errorf("tshark reads\n%s\nwe read\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
	}
}

// network is a server's and a client's namespace with a cable between them.
type network struct {
	t              *testing.T
	dir            string
	server, client string
}

var networks atomic.Int32

func newNetwork(t *testing.T) *network {
	t.Helper()
	id := fmt.Sprintf("%d-%d", os.Getpid(), networks.Add(1))
	n := &network{t: t, dir: t.TempDir(), server: "c43s" + id, client: "c43c" + id}
	if err := os.Chmod(n.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, ns := range []string{n.server, n.client} {
		n.run("", "ip", "netns", "add", ns)
		t.Cleanup(func() { _ = exec.Command(program("ip"), "netns", "del", ns).Run() })
	}
	n.run("", "ip", "link", "add", lab.Interface, "netns", n.server, "type", "veth", "peer", "name", "v43c", "netns", n.client)
	n.run(n.server, "ip", "addr", "add", "10.43.0.1/24", "dev", lab.Interface)
	n.run(n.server, "ip", "link", "set", lab.Interface, "up")
	n.run(n.server, "ip", "link", "set", "lo", "up")
	n.run(n.client, "ip", "link", "set", "v43c", "address", "00:1a:2b:3c:4d:5e")
	n.run(n.client, "ip", "link", "set", "v43c", "up")
	return n
}

func (n *network) leases() string {
	path := filepath.Join(n.dir, "leases")
	if _, err := os.Stat(path); err != nil {
		write(n.t, path, "", 0o644)
	}
	return path
}

// command runs in a namespace, or outside where ns is empty.
func (n *network) command(ctx context.Context, ns string, args ...string) *exec.Cmd {
	if ns != "" {
		args = append([]string{"ip", "netns", "exec", ns}, args...)
	}
	cmd := exec.CommandContext(ctx, program(args[0]), args[1:]...)
	cmd.Env = append(os.Environ(), "PATH="+searchPath(), "KEA_LOCKFILE_DIR=none", "KEA_PIDFILE_DIR="+n.dir)
	return cmd
}

func (n *network) run(ns string, args ...string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := n.command(ctx, ns, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		n.t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// start runs a command until stop is called or the test ends.
func (n *network) start(ns string, args ...string) (stop func()) {
	n.t.Helper()
	var out bytes.Buffer
	cmd := n.command(context.Background(), ns, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if n.t.Failed() {
			n.t.Logf("%s:\n%s", strings.Join(args, " "), out.String())
		}
	}
	n.t.Cleanup(stop)
	return stop
}

// ask runs a DHCP client until it has an address, over and over while the
// server is still starting.
func (n *network) ask(args ...string) {
	n.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(n.t.Context(), 10*time.Second)
		out, err := n.command(ctx, n.client, args...).CombinedOutput()
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// udhcpc asks as a model and returns what the server sent, by BusyBox's names.
func (n *network) udhcpc(model string) map[string]string {
	n.t.Helper()
	script, result := filepath.Join(n.dir, "udhcpc.sh"), filepath.Join(n.dir, "udhcpc.env")
	write(n.t, script, "#!/bin/sh\n[ \"$1\" = bound ] && env > "+result+"\nexit 0\n", 0o755)
	n.ask("udhcpc", "-f", "-q", "-n", "-t", "4", "-T", "1", "-i", "v43c", "-V", model, "-O", "43", "-O", "15", "-s", script)
	return n.environment(result)
}

// dhclient asks as a model and returns option 43 in its own spelling. Its script
// is ours: the distribution's rewrites /etc/resolv.conf.
func (n *network) dhclient(model string) string {
	n.t.Helper()
	script, result, conf := filepath.Join(n.dir, "dhclient.sh"), filepath.Join(n.dir, "dhclient.env"), filepath.Join(n.dir, "dhclient.conf")
	write(n.t, script, "#!/bin/sh\n[ \"$reason\" = BOUND ] && env > "+result+"\nexit 0\n", 0o755)
	write(n.t, conf, fmt.Sprintf("timeout 8;\nsend vendor-class-identifier %q;\nrequest subnet-mask, domain-name, vendor-encapsulated-options;\n", model), 0o644)
	lease, pid := filepath.Join(n.dir, "dhclient.leases"), filepath.Join(n.dir, "dhclient.pid")
	write(n.t, lease, "", 0o644)
	ctx, cancel := context.WithTimeout(n.t.Context(), 20*time.Second)
	defer cancel()
	cmd := n.command(ctx, n.client, "dhclient", "-4", "-1", "-d", "-cf", conf, "-lf", lease, "-pf", pid, "-sf", script, "v43c")
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	for ctx.Err() == nil {
		if env := n.environment(result); env["new_vendor_encapsulated_options"] != "" {
			return env["new_vendor_encapsulated_options"]
		}
		time.Sleep(50 * time.Millisecond)
	}
	n.t.Fatal("dhclient got no option 43")
	return ""
}

func (n *network) environment(file string) map[string]string {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	env := map[string]string{}
	for l := range strings.Lines(string(b)) {
		k, v, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "=")
		env[k] = v
	}
	return env
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// needPeers skips loudly where a program or the right to make namespaces is
// missing, and fails where the run must not miss any.
func needPeers(t *testing.T, programs ...string) {
	t.Helper()
	missing := ""
	for _, p := range programs {
		if program(p) == p {
			missing = p
		}
	}
	if missing == "" {
		name := fmt.Sprintf("c43try%d", os.Getpid())
		if err := exec.Command(program("ip"), "netns", "add", name).Run(); err != nil {
			missing = "the right to make network namespaces (root)"
		} else {
			_ = exec.Command(program("ip"), "netns", "del", name).Run()
		}
	}
	switch {
	case missing == "":
	case os.Getenv("PEERS") == "required":
		t.Fatalf("DHCP servers on the wire: needs %s", missing)
	default:
		t.Skipf("DHCP servers on the wire: not run: needs %s", missing)
	}
}

// searchPath has the places of daemons, too, which not every account searches.
func searchPath() string { return os.Getenv("PATH") + ":/usr/sbin:/sbin" }

// program is the path of a program, or its bare name where it is not found.
func program(name string) string {
	for dir := range strings.SplitSeq(searchPath(), ":") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return name
}
