// SPDX-License-Identifier: MPL-2.0

//go:build unix

package e2e

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A webStore is a web server that keeps files, and can refuse to write one or
// take its time.
type webStore struct {
	*httptest.Server
	mu     sync.Mutex
	idle   *sync.Cond // no request is being answered
	active int
	files  map[string]string
	done   []string                // what was written and deleted
	put    func(name string) error // asked before each writing
}

func newWebStore(t *testing.T) *webStore {
	s := &webStore{files: map[string]string{}, put: func(string) error { return nil }}
	s.idle = sync.NewCond(&s.mu)
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *webStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.active++
	put := s.put
	s.mu.Unlock()
	defer s.leave()
	name := strings.TrimPrefix(r.URL.Path, "/")
	if r.Method == http.MethodPut {
		if err := put(name); err != nil {
			http.Error(w, err.Error(), http.StatusInsufficientStorage)
			return
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone: half a file is none
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch text, ok := s.files[name]; {
	case r.Method == http.MethodPut:
		s.files[name] = string(body)
		s.done = append(s.done, "PUT "+name)
		w.WriteHeader(http.StatusNoContent)
	case !ok:
		http.NotFound(w, r)
	case r.Method == http.MethodDelete:
		delete(s.files, name)
		s.done = append(s.done, "DELETE "+name)
		w.WriteHeader(http.StatusNoContent)
	default:
		io.WriteString(w, text)
	}
}

func (s *webStore) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	s.idle.Broadcast()
}

// afterAnother waits until a file is written, then returns err. It makes an
// apply that is cut off at one phone a partial one, whichever phone is first.
func (s *webStore) afterAnother(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.done) == 0 {
		s.idle.Wait()
	}
	return err
}

// state returns the files, and what was done to them since the last call. It
// ends the connections of a client that was killed and waits for its requests.
func (s *webStore) state() (files map[string]string, done []string) {
	s.CloseClientConnections()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.active > 0 {
		s.idle.Wait()
	}
	done, s.done = s.done, nil
	slices.Sort(done)
	return maps.Clone(s.files), done
}

func (s *webStore) on(put func(name string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put = put
}

// TestUnfinished: the first apply of a fleet does only a part of it. The next one
// does the rest and touches no phone that is right; giving up touches no file
// that was not written. Whatever on_destroy says, and however it ended.
func TestUnfinished(t *testing.T) {
	t.Parallel()
	const phones, bad = 12, "SEP001A2B3C4D07.xml"
	for _, how := range []string{"clear", "delete"} {
		for _, end := range []string{"error", "interrupt", "kill", "give up"} {
			for _, first := range []bool{false, true} {
				if first && (end == "kill" || end == "give up" || how == "clear") {
					continue // the same as without, or nothing to destroy
				}
				t.Run(fmt.Sprintf("%s %s %t", how, end, first), func(t *testing.T) {
					t.Parallel()
					w := newWork(t, "")
					s := newWebStore(t)
					full := func(name string) error {
						if name == bad {
							return s.afterAnother(fmt.Errorf("no space left"))
						}
						return nil
					}
					inventory := "mac,model\\n"
					for i := range phones {
						inventory += fmt.Sprintf("001A2B3C4D%02d,9841\\n", i)
						s.files[fmt.Sprintf("SEP001A2B3C4D%02d.xml", i)] = storedFile
					}
					w.write("main.tf", head(s.URL)+fmt.Sprintf(`resource "ciscophone_fleet" "a" {
  inventory  = "%s"
  scep_server = "http://one.example.net"
  root_ca_fingerprint = %q
  on_destroy = %q
  lifecycle {
    create_before_destroy = %t
  }
}
`, inventory, rootFingerprint, how, first))
					switch end {
					case "error", "give up":
						s.on(full)
						out, _ := w.run([]int{1}, "apply", "-no-color", "-input=false", "-auto-approve")
						if !strings.Contains(out, "Fleet Not Complete") {
							t.Errorf("the first apply:\n%s", out)
						}
					default:
						w.interruptedApply(s, bad, end)
					}
					s.on(func(string) error { return nil })
					_, written := s.state()
					if len(written) == 0 || len(written) >= phones || slices.Contains(written, "PUT "+bad) {
						t.Fatalf("the unfinished apply did %q", written)
					}

					if end == "give up" {
						w.ok("destroy", "-no-color", "-input=false", "-auto-approve")
						files, done := s.state()
						if files[bad] != storedFile || len(done) != len(written) {
							t.Errorf("giving up did %q after %q; %s is\n%s", done, written, bad, files[bad])
						}
						return
					}
					w.apply("-lock=false")
					files, done := s.state()
					for _, d := range done {
						if strings.HasPrefix(d, "DELETE") || slices.Contains(written, d) {
							t.Errorf("the second apply did %q", d)
						}
					}
					if len(done)+len(written) != phones || len(files) != phones {
						t.Errorf("the two applies did %q and %q; there are %d files", written, done, len(files))
					}
					for name, text := range files {
						if !strings.Contains(text, "<CDC_Server_1_ ua=\"na\">http://one.example.net<") || !strings.Contains(text, "by hand") {
							t.Errorf("%s is\n%s", name, text)
						}
					}
					if out, changed := w.plan("-lock=false"); changed {
						t.Errorf("the last plan is not empty:\n%s", out)
					}

					// A replacement that ends so leaves two objects for the same files.
					text := read(t, w.dir, "main.tf")
					w.write("main.tf", strings.ReplaceAll(text, "one.example.net", "two.example.net"))
					if end == "error" {
						s.on(full)
						w.run([]int{1}, "apply", "-no-color", "-input=false", "-auto-approve", "-replace=ciscophone_fleet.a")
					} else {
						w.interruptedApply(s, bad, end, "-replace=ciscophone_fleet.a")
					}
					s.on(func(string) error { return nil })
					w.apply()
					files, done = s.state()
					for name, text := range files {
						if !strings.Contains(text, "http://two.example.net<") {
							t.Errorf("after the replacement %s is\n%s", name, text)
						}
					}
					if len(files) != phones || strings.Contains(strings.Join(done, " "), "DELETE") {
						t.Errorf("the replacement did %q", done)
					}
					if out, changed := w.plan(); changed {
						t.Errorf("the plan after the replacement is not empty:\n%s", out)
					}
				})
			}
		}
	}
}

// interruptedApply starts an apply that is ended when a file is about to be written.
func (w *work) interruptedApply(s *webStore, at, how string, args ...string) {
	w.t.Helper()
	cmd := w.command(append([]string{"apply", "-no-color", "-input=false", "-auto-approve", "-lock=false"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	waits, ended := make(chan struct{}), make(chan struct{})
	reached := sync.OnceFunc(func() { close(waits) })
	s.on(func(name string) error {
		if name != at {
			return nil
		}
		s.afterAnother(nil)
		reached()
		<-ended
		return fmt.Errorf("too late")
	})
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	pid := cmd.Process.Pid
	defer syscall.Kill(-pid, syscall.SIGKILL)
	select {
	case <-waits:
	case <-time.After(60 * time.Second):
		syscall.Kill(-pid, syscall.SIGKILL)
		cmd.Wait()
		w.t.Fatalf("nothing was written:\n%s", out.String())
	}
	signal := syscall.SIGINT
	if how == "kill" {
		pid, signal = -pid, syscall.SIGKILL
	}
	syscall.Kill(pid, signal)
	time.AfterFunc(500*time.Millisecond, func() { close(ended) })
	if err := cmd.Wait(); err == nil {
		w.t.Errorf("the apply succeeded:\n%s", out.String())
	}
	<-ended
	w.output.Write(out.Bytes())
	os.Remove(filepath.Join(w.dir, ".terraform.tfstate.lock.info"))
}
