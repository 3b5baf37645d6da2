// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// editor is a language client: a process of cfgxml lsp and what it said.
type editor struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	from  chan map[string]any
	next  int
	text  string
	uri   string
	found []map[string]any // the diagnostics published last
}

func openEditor(t *testing.T) *editor {
	t.Helper()
	e := &editor{t: t, cmd: exec.CommandContext(t.Context(), "cfgxml", "lsp"), from: make(chan map[string]any, 16)}
	var err error
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(e.from)
		r := textproto.NewReader(bufio.NewReader(out))
		for {
			header, err := r.ReadMIMEHeader()
			if err != nil {
				return
			}
			n, _ := strconv.Atoi(header.Get("Content-Length"))
			body := make([]byte, n)
			if _, err := io.ReadFull(r.R, body); err != nil {
				return
			}
			var m map[string]any
			if json.Unmarshal(body, &m) != nil {
				return
			}
			e.from <- m
		}
	}()
	if got := e.request("initialize", map[string]any{"processId": nil, "rootUri": nil, "capabilities": map[string]any{}}); got["capabilities"] == nil {
		t.Fatalf("initialize: %v", got)
	}
	e.notify("initialized", map[string]any{})
	return e
}

func (e *editor) send(m map[string]any) {
	e.t.Helper()
	m["jsonrpc"] = "2.0"
	data, err := json.Marshal(m)
	if err != nil {
		e.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(e.in, "Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s", len(data), data); err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) receive() map[string]any {
	e.t.Helper()
	select {
	case m, ok := <-e.from:
		if !ok {
			e.t.Fatal("the server is gone")
		}
		return m
	case <-time.After(30 * time.Second):
		e.t.Fatal("no answer")
	}
	return nil
}

func (e *editor) notify(method string, params any) {
	e.t.Helper()
	e.send(map[string]any{"method": method, "params": params})
}

// call gives the whole response.
func (e *editor) call(method string, params any) map[string]any {
	e.t.Helper()
	e.next++
	e.send(map[string]any{"id": e.next, "method": method, "params": params})
	m := e.receive()
	if m["id"] != float64(e.next) {
		e.t.Fatalf("%s: the answer is %v", method, m)
	}
	return m
}

func (e *editor) request(method string, params any) map[string]any {
	e.t.Helper()
	result, _ := e.call(method, params)["result"].(map[string]any)
	return result
}

// set opens or changes the document and waits for its diagnostics.
func (e *editor) set(uri, text string) {
	e.t.Helper()
	if e.uri == uri {
		e.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 2}, "contentChanges": []any{map[string]any{"text": text}}})
	} else {
		e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "xml", "version": 1, "text": text}})
	}
	e.uri, e.text = uri, text
	e.published()
}

func (e *editor) published() {
	e.t.Helper()
	m := e.receive()
	if m["method"] != "textDocument/publishDiagnostics" {
		e.t.Fatalf("published: %v", m)
	}
	e.found = nil
	for _, d := range m["params"].(map[string]any)["diagnostics"].([]any) {
		e.found = append(e.found, d.(map[string]any))
	}
}

// at is the place before the mark in the text, and the text as it is.
func (e *editor) at(mark string) map[string]any {
	e.t.Helper()
	before, _, ok := strings.Cut(e.text, mark)
	if !ok {
		e.t.Fatalf("%q is not in the text", mark)
	}
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return map[string]any{"textDocument": map[string]any{"uri": e.uri},
		"position": map[string]any{"line": strings.Count(before, "\n"), "character": len(utf16.Encode([]rune(line)))}}
}

// apply makes the edits of a code action or a completion in the text.
func (e *editor) apply(edits []any) string {
	e.t.Helper()
	d := &lspDocument{text: []byte(e.text)}
	type change struct {
		start, end int
		text       string
	}
	var all []change
	for _, x := range edits {
		data, _ := json.Marshal(x)
		var edit lspTextEdit
		if err := json.Unmarshal(data, &edit); err != nil {
			e.t.Fatal(err)
		}
		all = append(all, change{d.offset(edit.Range.Start), d.offset(edit.Range.End), edit.NewText})
	}
	slices.SortFunc(all, func(a, b change) int { return b.start - a.start })
	text := e.text
	for _, c := range all {
		text = text[:c.start] + c.text + text[c.end:]
	}
	return text
}

// close ends the session and gives the status of the process.
func (e *editor) close() int {
	e.t.Helper()
	e.notify("exit", nil)
	_ = e.in.Close()
	return exitCode(e.t, e.cmd.Wait())
}

func TestLanguageServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, configName), []byte("allow-servers: [scep.example.com]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	uri := fileURI(filepath.Join(dir, "a phone.xml"))
	e := openEditor(t)

	// Findings, with places in UTF-16 and the settings of the folder.
	e.set(uri, "<flat-profile>\r\n\t<Station_Name>東京😀</Station_Name><CDC_Server_1_ ua=\"na\">https://scep.example.org/</CDC_Server_1_>\r\n"+
		"  <CDC_Root_CA_Fingerprint_1_ ua=\"na\">48:13:49:4d:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce:11:85:d4:56:56:5e:f5:1d:73:76:77:b2</CDC_Root_CA_Fingerprint_1_>\r\n</flat-profile>\r\n")
	codes := map[string]map[string]any{}
	for _, d := range e.found {
		codes[d["code"].(string)] = d
	}
	for _, want := range []string{"cdc-server-scheme", "cdc-server-allowed", "cdc-fingerprint-form", "non-ascii"} {
		if codes[want] == nil {
			t.Errorf("%s is not found: %v", want, e.found)
		}
	}
	if d := codes["cdc-server-scheme"]; d != nil {
		start := d["range"].(map[string]any)["start"]
		want := e.at("https://")["position"].(map[string]any)
		data, _ := json.Marshal(start)
		wantData, _ := json.Marshal(want)
		if string(data) != string(wantData) || d["severity"] != 1.0 || !strings.Contains(fmt.Sprint(d["codeDescription"]), "cdc-server-scheme.md") {
			t.Errorf("%v at %s, want %s", d, data, wantData)
		}
	}

	// Hover.
	hover := e.request("textDocument/hover", e.at("48:13"))
	if text := fmt.Sprint(hover["contents"]); !strings.Contains(text, `CDC\_Root\_CA\_Fingerprint\_1\_`) || !strings.Contains(text, "new certificate") {
		t.Errorf("hover: %v", hover)
	}
	if got := e.call("textDocument/hover", e.at("<flat-profile>")); got["result"] != nil {
		t.Errorf("hover at the root: %v", got)
	}

	// Quick fixes: put right, and silence.
	at := e.at("48:13")
	at["range"] = map[string]any{"start": at["position"], "end": at["position"]}
	at["context"] = map[string]any{"diagnostics": []any{}}
	actions, _ := e.call("textDocument/codeAction", at)["result"].([]any)
	titles := map[string][]any{}
	for _, x := range actions {
		action := x.(map[string]any)
		titles[action["title"].(string)] = action["edit"].(map[string]any)["changes"].(map[string]any)[uri].([]any)
	}
	const form = "the documented form is 4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
	if titles[form] == nil || titles["ignore cdc-fingerprint-form here"] == nil {
		t.Fatalf("actions: %v", actions)
	}
	if got := e.apply(titles[form]); !strings.Contains(got, "<CDC_Root_CA_Fingerprint_1_ ua=\"na\">4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2<") {
		t.Errorf("put right: %q", got)
	}
	silenced := e.apply(titles["ignore cdc-fingerprint-form here"])
	if !strings.Contains(silenced, "\r\n  <!-- cfgxml:ignore cdc-fingerprint-form say why -->\r\n  <CDC_Root_CA") {
		t.Errorf("silenced: %q", silenced)
	}
	e.set(uri, silenced)
	for _, d := range e.found {
		if d["code"] == "cdc-fingerprint-form" || strings.HasPrefix(d["code"].(string), "ignore") {
			t.Errorf("after the comment: %v", d)
		}
	}

	// Completion, in a document that is not well formed: of a name whatever the
	// case, of the ua attribute, of values, of nothing in a password.
	e.set(uri, "<flat-profile>\n<cdc_se|1\n<Station_Name ua=\"|2\"></Station_Name>\n<Phone-UI-User-Mode>y|3</Phone-UI-User-Mode>\n"+
		"<CDC_Challenge_Password_1_>|4</CDC_Challenge_Password_1_>\n<!-- <CDC|5 -->\n</Station|6\n")
	if len(e.found) != 1 || e.found[0]["code"] != syntaxRule {
		t.Errorf("a broken document: %v", e.found)
	}
	for mark, want := range map[string]string{"|1": "CDC_Server_1_", "|2": "na ro rw", "|3": "Yes", "|4": "", "|5": ""} {
		var labels []string
		items, _ := e.request("textDocument/completion", e.at(mark))["items"].([]any)
		for _, x := range items {
			labels = append(labels, x.(map[string]any)["label"].(string))
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("completion at %s: %q, want %q", mark, got, want)
		}
		if mark == "|1" && len(items) == 1 {
			if text := e.apply([]any{items[0].(map[string]any)["textEdit"]}); !strings.Contains(text, "\n<CDC_Server_1_|1\n") {
				t.Errorf("a name put in: %q", text)
			}
		}
	}
	items, _ := e.request("textDocument/completion", e.at("|6"))["items"].([]any)
	if len(items) == 0 || !strings.HasPrefix(items[0].(map[string]any)["label"].(string), "Station") {
		t.Errorf("completion of an end tag: %v", items)
	}

	// Errors are answers.
	if got := e.call("textDocument/rename", e.at("<flat"))["error"].(map[string]any); got["code"] != float64(rpcUnknownMethod) {
		t.Errorf("an unknown method: %v", got)
	}
	if got := e.call("textDocument/hover", []any{})["error"].(map[string]any); got["code"] != float64(rpcInvalidParams) {
		t.Errorf("wrong parameters: %v", got)
	}
	e.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
	e.published()
	if len(e.found) > 0 {
		t.Errorf("closed: %v", e.found)
	}
	if got := e.call("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": 99, "character": 99}}); got["result"] != nil {
		t.Errorf("of a closed document: %v", got)
	}
	e.request("shutdown", nil)
	if got := e.call("textDocument/hover", e.at("<flat"))["error"]; got == nil {
		t.Error("after shutdown requests are answered")
	}
	if status := e.close(); status != ExitClean {
		t.Errorf("status %d", status)
	}
}

// TestLanguageServerEnds: without shutdown the status is 1; bytes that are no
// message are an error, and never a crash.
func TestLanguageServerEnds(t *testing.T) {
	t.Parallel()
	if status := openEditor(t).close(); status != ExitFindings {
		t.Errorf("exit without shutdown: status %d", status)
	}
	for in, want := range map[string]int{
		"":                                                ExitFindings,
		"Content-Length: 5\r\n\r\n{}":                     ExitInternal,
		"Content-Length: -1\r\n\r\n":                      ExitInternal,
		"Content-Length: 999999999999\r\n\r\n":            ExitInternal,
		"Content-Type: x\r\n\r\n{}":                       ExitInternal,
		"Content-Length: 1\r\n\r\n{":                      ExitFindings,
		"Content-Length: 2\r\n\r\n{}":                     ExitFindings,
		"Content-Length: 17\r\n\r\n{\"method\":\"exit\"}": ExitFindings,
	} {
		var out, errs bytes.Buffer
		if got := Run(t.Context(), []string{"lsp"}, strings.NewReader(in), &out, &errs); got != want {
			t.Errorf("%q: status %d, want %d: %s", in, got, want, errs.String())
		}
	}
}

// TestEditorPositions: places and bytes are each other's inverse.
func TestEditorPositions(t *testing.T) {
	t.Parallel()
	d := &lspDocument{text: []byte("a\n\tü東😀x\r\n\n<é>")}
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
