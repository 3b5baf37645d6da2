// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pullRequest is the part of GitHub's interface that knows the comments of one pull
// request.
type pullRequest struct {
	mu     sync.Mutex
	bodies []string // by their ids, from 1
	calls  []string
}

func (p *pullRequest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, r.Method+" "+r.URL.Path)
	if r.Header.Get("Authorization") != "Bearer s3cret" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	var sent struct{ Body string }
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || len(sent.Body) > 65536*4 {
			http.Error(w, "what?", http.StatusUnprocessableEntity)
			return
		}
	}
	type comment struct {
		ID   int    `json:"id"`
		Body string `json:"body"`
	}
	id := 0
	switch _, err := fmt.Sscanf(r.URL.Path, "/repos/site/phones/issues/comments/%d", &id); {
	case r.Method == http.MethodPatch && err == nil && id > 0 && id <= len(p.bodies):
		p.bodies[id-1] = sent.Body
	case r.URL.Path != "/repos/site/phones/issues/7/comments":
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		p.bodies = append(p.bodies, sent.Body)
	default:
		page := 1
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
		list := []comment{}
		for i := (page - 1) * 100; i < min(page*100, len(p.bodies)); i++ {
			list = append(list, comment{i + 1, p.bodies[i]})
		}
		_ = json.NewEncoder(w).Encode(list)
	}
}

// seen returns the comments and the calls so far. The mutex is for the race detector:
// no variable of this process connects the program that called with the test.
func (p *pullRequest) seen() (bodies, calls []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.bodies), slices.Clone(p.calls)
}

// TestActionComment: the comment is made once and updated from then on, also behind
// a hundred others.
func TestActionComment(t *testing.T) {
	t.Parallel()
	needs(t, "git")
	dir, base := pullRequestClone(t)
	github := &pullRequest{bodies: slices.Repeat([]string{"nice"}, 120)}
	api := httptest.NewServer(github)
	t.Cleanup(api.Close)
	url, _ := releases(t, false)
	a := newActionRun(t, dir, "CFGXML_RELEASES="+url, "GITHUB_API_URL="+api.URL, "GITHUB_REPOSITORY=site/phones")
	a.context["github.token"], a.context["github.event.pull_request.number"], a.context["github.event.pull_request.base.sha"] = "s3cret", "7", base
	for range 2 {
		status, out := a.run(map[string]string{"paths": "phones\nnew", "comment": "true", "fail-on": "never"})
		bodies, calls := github.seen()
		if status != 0 || len(bodies) != 121 {
			t.Fatalf("status %d, %d comments, %v\n%s", status, len(bodies), calls, out)
		}
		for _, text := range []string{"<!-- cfgxml", "1 phone re-enroll", "### `new`\n\nNew in this pull request."} {
			if !strings.Contains(bodies[120], text) {
				t.Errorf("the comment does not say %q:\n%s", text, bodies[120])
			}
		}
	}
	_, calls := github.seen()
	if last := calls[len(calls)-1]; last != "PATCH /repos/site/phones/issues/comments/121" {
		t.Errorf("the comment was not updated: %v", calls)
	}
	a.context["github.token"] = "wrong"
	if status, _ := a.run(map[string]string{"paths": "phones", "comment": "true"}); status == 0 {
		t.Error("a token that is refused goes unnoticed")
	}
}

// pullRequestClone is a clone on a branch that changes the server of a phone and adds
// a folder, and the commit that it is based on.
func pullRequestClone(t *testing.T) (dir, base string) {
	t.Helper()
	top := t.TempDir()
	origin := filepath.Join(top, "origin")
	dir = filepath.Join(top, "clone")
	git := func(in string, args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.com"}, args...)...)
		cmd.Dir, cmd.Env = in, append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+top)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	phone := func(server string) string {
		return "<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://" + server + "/scep</CDC_Server_1_>\n<CDC_Root_CA_Fingerprint_1_ ua=\"na\">" +
			strings.Repeat("4813494D", 8) + "</CDC_Root_CA_Fingerprint_1_>\n</flat-profile>\n"
	}
	git(top, "init", "-q", "--bare", "-b", "main", origin)
	git(top, "clone", "-q", origin, dir)
	git(dir, "checkout", "-q", "-b", "main")
	write("phones/a.xml", phone("192.0.2.1"))
	git(dir, "add", ".")
	git(dir, "commit", "-q", "-m", "phones")
	git(dir, "push", "-q", "origin", "main")
	base = git(dir, "rev-parse", "HEAD")
	git(dir, "checkout", "-q", "-b", "feature")
	write("phones/a.xml", phone("192.0.2.2"))
	write("new/b.xml", cleanPhone)
	git(dir, "add", ".")
	git(dir, "commit", "-q", "-m", "another server")
	return dir, base
}

// TestShellSnippets runs every shell snippet of docs/ci.md as a step of a pipeline
// does: to its end, or the pipeline stops.
func TestShellSnippets(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "git", "jq", "curl")
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := pullRequestClone(t)
	github := &pullRequest{}
	api := httptest.NewServer(github)
	t.Cleanup(api.Close)
	plan, err := filepath.Abs(filepath.Join("testdata", "plan", "update.json"))
	if err != nil {
		t.Fatal(err)
	}
	comment, err := filepath.Abs(filepath.Join("..", "..", "tools", "ci", "comment.sh"))
	if err != nil {
		t.Fatal(err)
	}
	// A plan that tofu made, and the file that is downloaded.
	shims := t.TempDir()
	for name, text := range map[string]string{
		"tofu": "#!/bin/sh\nset -eu\ncase \"$1\" in plan) echo made > x ;; show) [ -s x ] && cat '" + plan + "' ;; esac\n",
		"curl": "#!/bin/sh\nset -eu\ncase \"$*\" in *raw.githubusercontent.com*/tools/ci/comment.sh) cp '" + comment + "' . ;; *) exec /usr/bin/env PATH=\"$REALPATH\" curl \"$@\" ;; esac\n",
	} {
		if err := os.WriteFile(filepath.Join(shims, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	snippets := regexp.MustCompile("(?s)```(?:sh|bash)\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(snippets) < 3 {
		t.Fatalf("%d snippets", len(snippets))
	}
	for _, m := range snippets {
		cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", m[1]+"echo the end\n")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+shims+string(filepath.ListSeparator)+os.Getenv("PATH"), "REALPATH="+os.Getenv("PATH"),
			"GITHUB_API_URL="+api.URL, "GITHUB_REPOSITORY=site/phones", "GITHUB_TOKEN=s3cret", "PULL_REQUEST=7")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "the end\n") {
			t.Errorf("%v\n%s\n%s", err, m[1], out)
		}
	}
	if len(github.bodies) != 1 || !strings.Contains(github.bodies[0], "phone re-enroll") || !strings.Contains(github.bodies[0], "ciscophone_") {
		t.Errorf("the comment: %q", github.bodies)
	}
}
