// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// build makes the server as a user would.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "provisioning-server")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// baseFile writes a full-size configuration that enrolls, edited further.
func baseFile(t *testing.T, edits ...cfgxml.Edit) (path string, data []byte) {
	t.Helper()
	document, err := cfgxml.Parse(fullsize.Document(fullsize.Options{CRLF: true}))
	if err != nil {
		t.Fatal(err)
	}
	document, err = document.WithEnrollment(cfgxml.Enrollment{Server: "http://scep.example.net/scep", RootCAFingerprint: strings.Repeat("5A", 32)})
	if err != nil {
		t.Fatal(err)
	}
	if document, err = document.Edit(edits...); err != nil {
		t.Fatal(err)
	}
	data = document.Bytes()
	path = filepath.Join(t.TempDir(), "base.xml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, data
}

func TestServer(t *testing.T) {
	program := build(t)
	t.Run("serves", func(t *testing.T) {
		t.Parallel()
		testServes(t, program)
	})
	t.Run("refuses a bad base", func(t *testing.T) {
		t.Parallel()
		testRefuses(t, program)
	})
}

const (
	challenge = "challenge of 4D5E"
	key       = "input keying material"
)

// phonesFile writes the list of phones.
func phonesFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "phones.csv")
	text := "CP-9871-SEP001A2B3C4D5E.phones.example.nl,00:1a:2b:3c:4d:5e," + challenge + ",\n" +
		"CP-9841-SEP001A2B3C4D5F,001A2B3C4D5F,challenge of 4D5F," + key + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func testServes(t *testing.T, program string) {
	path, base := baseFile(t)
	server := exec.Command(program, "-base", path, "-phones", phonesFile(t), "-listen", "127.0.0.1:0")
	talk, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(talk); lines.Scan(); {
			if _, url, ok := strings.Cut(lines.Text(), "serving "); ok {
				address <- url
			}
		}
	}()
	var url string
	select {
	case url = <-address:
	case <-time.After(time.Minute):
		t.Fatal("the server does not say where it serves")
	}
	get := func(name, tag string) (*http.Response, []byte) {
		request, err := http.NewRequest(http.MethodGet, url+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tag != "" {
			request.Header.Set("If-None-Match", tag)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, body
	}

	response, body := get("SEP001A2B3C4D5E.xml", "")
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") != "" {
		t.Fatalf("%s: %v %s", response.Status, response.Header, body)
	}
	document, err := cfgxml.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	if e := document.Enrollment(); e.CommonName != "CP-9871-SEP001A2B3C4D5E.phones.example.nl" || e.ChallengePassword.Reveal() != challenge {
		t.Errorf("common name %q, challenge %q", e.CommonName, e.ChallengePassword.Reveal())
	}
	if again, _ := get("SEP001A2B3C4D5E.xml", response.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", again.Status)
	}
	sealed, cipher := get("SEP001A2B3C4D5F.xml", "")
	if sealed.Header.Get("Content-Encoding") != "aes128gcm" || bytes.Contains(cipher, []byte("4D5F")) {
		t.Errorf("not encrypted: %v", sealed.Header)
	}
	plain, err := seal.Open(cipher, seal.OpenOptions{Key: secret.New(key)})
	if err != nil || !bytes.Contains(plain, []byte("CP-9841-SEP001A2B3C4D5F")) || !bytes.Contains(plain, []byte("challenge of 4D5F")) {
		t.Errorf("the phone opens %.200s, %v", plain, err)
	}
	original, err := cfgxml.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	var changed []string
	for _, c := range cfgxml.Diff(original, document) {
		changed = append(changed, c.Name)
	}
	if got := strings.Join(changed, " "); got != "CDC_Common_Name_1_ CDC_Challenge_Password_1_" {
		t.Errorf("differs from the base file in %q", got)
	}
	if bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) {
		t.Error("the line ends are no longer CR LF")
	}

	for _, name := range []string{"", "SEP001A2B3C4D60.xml", "SEP001A2B3C4D5E", "../SEP001A2B3C4D5E.xml/"} {
		if response, body := get(name, ""); response.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %s: %.80s", name, response.Status, body)
		}
	}
}

func testRefuses(t *testing.T, program string) {
	bad, _ := baseFile(t, cfgxml.Set(cdc.ParamServer, "https://scep.example.net/"))
	broken := filepath.Join(t.TempDir(), "broken.xml")
	if err := os.WriteFile(broken, []byte("<flat-profile>\n<A>1</B>\n</flat-profile>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{bad: "not served", broken: "line 2", broken + "x": "no such file"} {
		out, err := exec.Command(program, "-base", path, "-phones", phonesFile(t), "-listen", "127.0.0.1:0").CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, want a message with %q:\n%s", filepath.Base(path), err, want, out)
		}
	}
}
