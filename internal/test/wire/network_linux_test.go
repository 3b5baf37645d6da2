// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// network is a server's and a client's namespace with a cable between them.
type network struct {
	t              *testing.T
	dir            string
	server, client string
}

const (
	serverPort, clientPort = "v43s", "v43c"
	serverAddress          = "10.43.0.1"
	serverNetwork          = "10.43.0.0/24"
	radiusSecret           = "testing123"
)

var networks atomic.Int32

func newNetwork(t *testing.T) *network {
	t.Helper()
	id := fmt.Sprintf("%d-%d", os.Getpid(), networks.Add(1))
	n := &network{t: t, dir: t.TempDir(), server: "wires" + id, client: "wirec" + id}
	for d := n.dir; strings.Contains(d, t.Name()[:4]); d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o755) // daemons drop root
	}
	for _, ns := range []string{n.server, n.client} {
		n.run("", "ip", "netns", "add", ns)
		t.Cleanup(func() { _ = exec.Command(program("ip"), "netns", "del", ns).Run() })
		n.run(ns, "ip", "link", "set", "lo", "up")
	}
	n.run("", "ip", "link", "add", serverPort, "netns", n.server, "type", "veth", "peer", "name", clientPort, "netns", n.client)
	n.run(n.server, "ip", "addr", "add", serverAddress+"/24", "dev", serverPort)
	n.run(n.server, "ip", "link", "set", serverPort, "up")
	n.run(n.client, "ip", "link", "set", clientPort, "address", "00:1a:2b:3c:4d:5e")
	n.run(n.client, "ip", "link", "set", clientPort, "up")
	return n
}

func (n *network) path(name ...string) string {
	return filepath.Join(append([]string{n.dir}, name...)...)
}

// command runs in a namespace, or outside where ns is empty.
func (n *network) command(ctx context.Context, ns string, args ...string) *exec.Cmd {
	args = append([]string{program(args[0])}, args[1:]...)
	if ns != "" {
		args = append([]string{program("ip"), "netns", "exec", ns}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = n.dir
	cmd.Env = append(os.Environ(), "PATH="+searchPath(), "KEA_LOCKFILE_DIR=none", "KEA_PIDFILE_DIR="+n.dir, "RADIUS_SECRET="+radiusSecret)
	return cmd
}

// try runs a command and returns its output and whether it ended well.
func (n *network) try(ns string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(n.t.Context(), time.Minute)
	defer cancel()
	out, err := n.command(ctx, ns, args...).CombinedOutput()
	return string(out), err
}

func (n *network) run(ns string, args ...string) string {
	n.t.Helper()
	out, err := n.try(ns, args...)
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// output is what a command prints, without its complaints.
func (n *network) output(ns string, args ...string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 30*time.Second)
	defer cancel()
	out, err := n.command(ctx, ns, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		n.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// process is a daemon that runs until it is stopped or the test ends.
type process struct {
	name string
	out  output
	done chan struct{}
	cmd  *exec.Cmd
}

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (n *network) start(ns string, args ...string) *process {
	n.t.Helper()
	p := &process{name: args[0], done: make(chan struct{}), cmd: n.command(context.Background(), ns, args...)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	n.t.Cleanup(func() {
		p.stop()
		if n.t.Failed() {
			text := p.out.String()
			n.t.Logf("%s:\n%s", p.name, text[max(0, len(text)-4000):])
		}
	})
	return p
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// says waits until the process has printed one of the texts and tells which.
func (p *process) says(t *testing.T, texts ...string) string {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		ended := false
		select {
		case <-p.done:
			ended = true
		default:
		}
		out := p.out.String()
		for _, text := range texts {
			if strings.Contains(out, text) {
				return text
			}
		}
		if ended || time.Now().After(deadline) {
			t.Fatalf("%s did not say %q (ended: %t):\n%s", p.name, texts, ended, out)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// await waits for a file to be there.
func await(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(path)
		if err == nil {
			return
		}
		if !errors.Is(err, os.ErrNotExist) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ciscophone builds the program once for all tests.
var ciscophone = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wire")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "ciscophone")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, "../../../cmd/ciscophone").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build ciscophone: %w\n%s", err, out)
	}
	return path, nil
})

var built string

func TestMain(m *testing.M) {
	status := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(status)
}

func (n *network) ciscophone() string {
	n.t.Helper()
	path, err := ciscophone()
	if err != nil {
		n.t.Fatal(err)
	}
	return path
}

// needPeers skips loudly where a program or the right to make namespaces is
// missing, and fails where the run must not miss any.
func needPeers(t *testing.T, programs ...string) {
	t.Helper()
	missing := ""
	for _, p := range append(programs, "ip", "go") {
		if !filepath.IsAbs(program(p)) {
			missing = p
		}
	}
	if missing == "" {
		name := fmt.Sprintf("wiretry%d-%d", os.Getpid(), networks.Add(1))
		if err := exec.Command(program("ip"), "netns", "add", name).Run(); err != nil {
			missing = "the right to make network namespaces (root)"
		} else {
			_ = exec.Command(program("ip"), "netns", "del", name).Run()
		}
	}
	if missing != "" {
		peer.Missing(t, missing)
	}
}

// searchPath has the places of daemons, too, which not every account searches.
func searchPath() string { return os.Getenv("PATH") + ":/usr/sbin:/sbin" }

// program is the path of a program, or its bare name where it is not found.
func program(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	for dir := range strings.SplitSeq(searchPath(), ":") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return name
}
