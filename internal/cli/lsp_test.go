// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// TestLanguageServer runs testdata/lsp/client.mjs, in which the client library
// of the protocol's authors drives cfgxml lsp over its standard streams.
func TestLanguageServer(t *testing.T) {
	t.Parallel()
	peer.Built(t, "CISCOPHONE_EDITOR")
	node := peer.Program(t, "node")
	cfgxml, err := exec.LookPath("cfgxml")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--test", "--test-reporter=tap", "testdata/lsp/client.mjs")
	cmd.Env = append(os.Environ(), "CFGXML="+cfgxml, "WORK="+t.TempDir())
	out, err := cmd.CombinedOutput()
	passed := regexp.MustCompile(`(?m)^# pass (\d+)$`).FindSubmatch(out)
	if err != nil || passed == nil || string(passed[1]) == "0" {
		t.Errorf("%v\n%s", err, out)
	}
}

// message is a message as it stands on the wire.
func message(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// TestLanguageServerBytes: what no client library sends. Bytes that are no
// message are an error or an answer, and never a crash.
func TestLanguageServerBytes(t *testing.T) {
	t.Parallel()
	initialize := message(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`)
	shutdown := message(`{"jsonrpc":"2.0","id":2,"method":"shutdown"}`)
	exit := message(`{"method":"exit"}`)
	for in, want := range map[string]struct {
		status int
		said   string // to the client or to the user
	}{
		"":                                     {ExitFindings, ""},
		"Content-Length: 5\r\n\r\n{}":          {ExitInternal, "message of 5 bytes ends after 2"},
		"Content-Length: -1\r\n\r\n":           {ExitInternal, `message of length "-1"`},
		"Content-Length: x\r\n\r\n":            {ExitInternal, `message of length "x"`},
		"Content-Length: 999999999999\r\n\r\n": {ExitInternal, `message of length "999999999999"`},
		"Content-Type: x\r\n\r\n{}":            {ExitInternal, "message without Content-Length"},
		"Content-Length: 5\r\n":                {ExitInternal, "unexpected EOF"},
		"\x00\xff\xfe garbage":                 {ExitInternal, "unexpected EOF"},
		"X: " + strings.Repeat("x", 1<<20):     {ExitInternal, "a header line of more than 8192 bytes"},
		message(`{`):                           {ExitFindings, `"code":-32700`},
		message("\xff\xfe"):                    {ExitFindings, `"code":-32700`},
		message(`[{"jsonrpc":"2.0","id":1,"method":"initialize"}]`): {ExitFindings, `"code":-32700`},
		message(`{}`):                {ExitFindings, ""},
		exit:                         {ExitFindings, ""},
		initialize + shutdown + exit: {ExitClean, `"id":2,"result":null`},
		initialize + shutdown:        {ExitClean, `"id":2,"result":null`},
		"content-length:  58\nX: y\n\n" + strings.SplitN(initialize, "\r\n\r\n", 2)[1]:                                                                      {ExitFindings, `"positionEncoding":"utf-16"`},
		initialize + message(`{"method":"textDocument/hover","params":{"textDocument":{"uri":"a"}}}`) + shutdown + exit:                                     {ExitClean, `"id":2,"result":null`},
		initialize + message(`{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"%","text":"<flat-profile><"}}}`) + exit:                     {ExitFindings, `"code":"syntax"`},
		initialize + message(`{"method":"textDocument/didOpen","params":7}`) + shutdown + exit:                                                              {ExitClean, `"id":2,"result":null`},
		initialize + message(`{"id":"a","method":"textDocument/hover","params":{"textDocument":{"uri":"a"},"position":{"line":-1,"character":-9}}}`) + exit: {ExitFindings, `"id":"a","result":null`},
		initialize + opened(`{"start":{"line":9,"character":9},"end":{"line":0,"character":-5}}`) + shutdown + exit:                                         {ExitClean, `"id":2,"result":null`},
		initialize + opened(`{"start":{"line":-3,"character":2},"end":{"line":99999999,"character":99999999}}`) + shutdown + exit:                           {ExitClean, `"id":2,"result":null`},
	} {
		var out, errs bytes.Buffer
		got := Run(t.Context(), []string{"lsp"}, strings.NewReader(in), &out, &errs)
		if got != want.status || !strings.Contains(out.String()+errs.String(), want.said) {
			t.Errorf("%.200q: status %d, want %d and %q: %s%s", in, got, want.status, want.said, out.String(), errs.String())
		}
	}
}

// opened opens a document and changes a range of it.
func opened(where string) string {
	return message(`{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.xml","text":"<flat-profile>\n</flat-profile>"}}}`) +
		message(`{"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a.xml"},"contentChanges":[{"range":`+where+`,"text":"x"}]}}`)
}

// TestEditorPositions: places and bytes are each other's inverse.
func TestEditorPositions(t *testing.T) {
	t.Parallel()
	d := &lspDocument{text: []byte("a\n\tü東😀x\r\n\nö\ry<é>")}
	for i := range string(d.text) {
		if i > 0 && d.text[i] == '\n' && d.text[i-1] == '\r' {
			continue // a place within a line end is its start
		}
		if got := d.offset(d.position(i)); got != i {
			t.Errorf("byte %d: %+v is byte %d", i, d.position(i), got)
		}
	}
	if got := d.offset(lspPosition{99, 99}); got != len(d.text) {
		t.Errorf("beyond the end: %d", got)
	}
	if got := d.offset(lspPosition{1, 99}); d.text[got] != '\r' {
		t.Errorf("beyond the line: %d", got)
	}
}
