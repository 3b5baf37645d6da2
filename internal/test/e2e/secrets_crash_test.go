// SPDX-License-Identifier: MPL-2.0

//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecretsInCrash: a provider that dies in the middle of an apply, with the
// stacks of everything it is doing, tells no secret either.
func TestSecretsInCrash(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("crash: not run: finding the provider's process needs Linux")
	}
	w := newWork(t, "quickstart")
	w.needs(8, functions)
	w.env = append(w.env, "GOTRACEBACK=all")
	info := startLab(t, 1, time.Hour).Info() // the phone never fetches: the apply waits
	challenge := strings.TrimSpace(read(t, info.ChallengeFile))
	w.variables(quickstart(info))
	wait, pid := w.start(info)
	time.Sleep(300 * time.Millisecond)
	w.crash(pid)
	if out, err := wait(); err == nil {
		t.Fatalf("the apply went well without its provider:\n%s", out)
	}
	w.crashed()
	w.nowhere(challenge, filepath.Join(info.Store, info.Phones[0].Config))
}

// TestSecretsInCrashOfAChallenge: the same for one that dies while it asks for a
// challenge password, between the messages of NTLM.
func TestSecretsInCrashOfAChallenge(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("crash: not run: finding the provider's process needs Linux")
	}
	const password = "Zq8-password-Wx3"
	asked := make(chan struct{}, 8)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "NTLM")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(page.Close)
	w := newWork(t, "provider")
	w.needs(11, "ephemeral resources")
	w.take("*")
	w.write("main.tf", fmt.Sprintf(`terraform {
  required_providers {
    ciscophone = { source = "phonecfg/ciscophone" }
  }
}
variable "password" {
  ephemeral = true
}
ephemeral "ciscophone_scep_challenge" "ndes" {
  ndes_url        = "%s/certsrv/mscep_admin/"
  ndes_username   = "EXAMPLE\\ndes"
  ndes_password   = var.password
  ndes_auth       = "ntlm"
  ndes_allow_http = true
}
`, page.URL))
	w.env = append(w.env, "GOTRACEBACK=all", "TF_VAR_password="+password)
	cmd := w.command("plan", "-no-color", "-input=false")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = &w.output, &w.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	select {
	case <-asked:
	case <-time.After(2 * time.Minute):
		t.Fatal("the page is not asked")
	}
	w.crash(cmd.Process.Pid)
	if err := cmd.Wait(); err == nil {
		t.Errorf("the plan went well without its provider:\n%s", w.output.String())
	}
	w.crashed()
	w.write("terraform.tfstate", "{}") // there is none; the search wants files
	w.nowhere(password)
}

// crash ends the provider's processes with the stacks of all that they do. A CLI
// may have one for functions and one for resources.
func (w *work) crash(pid int) {
	w.t.Helper()
	children := childrenOf(w.t, pid)
	if len(children) == 0 {
		w.t.Fatal("the provider's process is not found")
	}
	for _, child := range children {
		if err := syscall.Kill(child, syscall.SIGQUIT); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *work) crashed() {
	w.t.Helper()
	if log := read(w.t, w.logs); !strings.Contains(log, "goroutine ") || !strings.Contains(log, "SIGQUIT") {
		w.t.Error("the log holds no stacks: the search would prove nothing")
	}
}

// childrenOf gives the processes that pid started.
func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, stat := range stats {
		data, err := os.ReadFile(stat)
		if err != nil {
			continue // it ended
		}
		// pid (name) state ppid …; the name may hold anything.
		text := string(data)
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		if len(fields) < 2 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		if n, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil {
			children = append(children, n)
		}
	}
	return children
}
