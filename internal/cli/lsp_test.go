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

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
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
		"":                                     {term.ExitFindings, ""},
		"Content-Length: 5\r\n\r\n{}":          {term.ExitInternal, "message of 5 bytes ends after 2"},
		"Content-Length: -1\r\n\r\n":           {term.ExitInternal, `message of length "-1"`},
		"Content-Length: x\r\n\r\n":            {term.ExitInternal, `message of length "x"`},
		"Content-Length: 999999999999\r\n\r\n": {term.ExitInternal, `message of length "999999999999"`},
		"Content-Type: x\r\n\r\n{}":            {term.ExitInternal, "message without Content-Length"},
		"Content-Length: 5\r\n":                {term.ExitInternal, "unexpected EOF"},
		"\x00\xff\xfe garbage":                 {term.ExitInternal, "unexpected EOF"},
		"X: " + strings.Repeat("x", 1<<20):     {term.ExitInternal, "a header line of more than 8192 bytes"},
		message(`{`):                           {term.ExitFindings, `"code":-32700`},
		message("\xff\xfe"):                    {term.ExitFindings, `"code":-32700`},
		message(`[{"jsonrpc":"2.0","id":1,"method":"initialize"}]`): {term.ExitFindings, `"code":-32700`},
		message(`{}`):                {term.ExitFindings, ""},
		exit:                         {term.ExitFindings, ""},
		initialize + shutdown + exit: {term.ExitClean, `"id":2,"result":null`},
		initialize + shutdown:        {term.ExitClean, `"id":2,"result":null`},
		"content-length:  58\nX: y\n\n" + strings.SplitN(initialize, "\r\n\r\n", 2)[1]:                                                                      {term.ExitFindings, `"positionEncoding":"utf-16"`},
		initialize + message(`{"method":"textDocument/hover","params":{"textDocument":{"uri":"a"}}}`) + shutdown + exit:                                     {term.ExitClean, `"id":2,"result":null`},
		initialize + message(`{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"%","text":"<flat-profile><"}}}`) + exit:                     {term.ExitFindings, `"code":"syntax"`},
		initialize + message(`{"method":"textDocument/didOpen","params":7}`) + shutdown + exit:                                                              {term.ExitClean, `"id":2,"result":null`},
		initialize + message(`{"id":"a","method":"textDocument/hover","params":{"textDocument":{"uri":"a"},"position":{"line":-1,"character":-9}}}`) + exit: {term.ExitFindings, `"id":"a","result":null`},
		initialize + opened(`{"start":{"line":9,"character":9},"end":{"line":0,"character":-5}}`) + shutdown + exit:                                         {term.ExitClean, `"id":2,"result":null`},
		initialize + opened(`{"start":{"line":-3,"character":2},"end":{"line":99999999,"character":99999999}}`) + shutdown + exit:                           {term.ExitClean, `"id":2,"result":null`},
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
