// SPDX-License-Identifier: MPL-2.0

// Package editor is the language server.
package editor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// LSPCommand returns the command `cfgxml lsp`.
func LSPCommand(a *term.App) *cobra.Command {
	return &cobra.Command{
		Use:     "lsp",
		GroupID: term.GroupReview,
		Short:   "Serve an editor: findings, meanings, completion, quick fixes",
		Long: `lsp speaks the Language Server Protocol over standard input and output, for an
editor to start. While a configuration file is edited it shows what lint would
find, with the settings of the nearest .cfgxml.yaml; it tells what a parameter is
for; it completes names, values, macros, the ua attribute and rules to ignore; it
lays the file out, lists its parameters and renames one; and it offers to fix a
finding or to write the comment that silences it. Other XML is left alone.`,
		Example: `  cfgxml lsp < /dev/null || test $? = 1   # an editor starts it`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := &lspServer{in: bufio.NewReaderSize(a.Stdin, maxHeader), out: a.Stdout, documents: map[string]*lspDocument{}}
			s.linter = &review.Linter{App: a, Configs: &review.Configs{Folders: map[string]review.Loaded{}}, Least: validate.Info, Most: review.MaxPerRule}
			return s.serve(cmd.Context())
		},
	}
}

// lspServer answers one client, message by message, in their order.
type lspServer struct {
	in                    *bufio.Reader
	out                   io.Writer
	linter                *review.Linter
	documents             map[string]*lspDocument // by URI
	initialized, shutdown bool
	snippets              bool // the client expands them
	watches               bool // the client can be asked to watch files
}

// lspDocument is a file as the editor has it.
type lspDocument struct {
	uri      string
	version  *int // as the editor counts; nil if it does not
	text     []byte
	config   bool // it is a configuration, or was since it was opened
	bareCR   bool // a carriage return alone ends a line in it
	findings []review.Finding
}

// rpcMessage is a request, a notification (without id) or a response.
type rpcMessage struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error codes of JSON-RPC 2.0 and of LSP.
const (
	rpcParseError     = -32700
	rpcInvalidRequest = -32600
	rpcUnknownMethod  = -32601
	rpcInvalidParams  = -32602
	lspNotInitialized = -32002
)

const (
	maxMessage = 2 * term.MaxFile // of a message: a file and its JSON escapes
	maxHeader  = 8 << 10          // of a line before it
)

// serve runs until the client says exit or goes away. Without the shutdown that
// has to come first the exit status is 1, as the protocol asks.
func (s *lspServer) serve(ctx context.Context) error {
	for ctx.Err() == nil {
		data, err := s.read()
		switch {
		case errors.Is(err, io.EOF) && s.shutdown:
			return nil
		case errors.Is(err, io.EOF):
			return term.ErrFindings
		case err != nil:
			return term.Failure(fmt.Errorf("language client: %w", err))
		}
		var m rpcMessage
		if err := json.Unmarshal(data, &m); err != nil {
			if err := s.write(rpcMessage{ID: json.RawMessage("null"), Error: &rpcError{rpcParseError, err.Error()}}); err != nil {
				return err
			}
			continue
		}
		switch {
		case m.Method == "exit" && s.shutdown:
			return nil
		case m.Method == "exit":
			return term.ErrFindings
		case m.Method == "":
			continue // a response: nothing was asked
		case len(m.ID) == 0:
			err = s.notified(m)
		default:
			err = s.respond(m)
		}
		if err != nil {
			return err
		}
	}
	return term.Failure(term.ErrInterrupted)
}

// read reads one message: header lines, an empty line, and as many bytes as
// Content-Length says.
func (s *lspServer) read() ([]byte, error) {
	length := -1
	for first := true; ; first = false {
		text, err := s.in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("a header line of more than %d bytes", maxHeader)
		case errors.Is(err, io.EOF) && (!first || len(text) > 0):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		line := strings.TrimRight(string(text), "\r\n")
		if line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > maxMessage {
				return nil, fmt.Errorf("message of length %q", strings.TrimSpace(value))
			}
		}
	}
	if length < 0 {
		return nil, errors.New("message without Content-Length")
	}
	var buf bytes.Buffer
	if n, err := io.CopyN(&buf, s.in, int64(length)); err != nil {
		return nil, fmt.Errorf("message of %d bytes ends after %d", length, n)
	}
	return buf.Bytes(), nil
}

func (s *lspServer) write(m rpcMessage) error {
	m.Version = "2.0"
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Content-Length: %d\r\n\r\n%s", len(data), data)
	return err
}

// respond answers a request.
func (s *lspServer) respond(m rpcMessage) error {
	result, rpcErr := s.result(m)
	response := rpcMessage{ID: m.ID, Result: result, Error: rpcErr}
	if rpcErr == nil && result == nil {
		response.Result = json.RawMessage("null")
	}
	return s.write(response)
}

func (s *lspServer) result(m rpcMessage) (any, *rpcError) {
	switch {
	case s.shutdown:
		return nil, &rpcError{rpcInvalidRequest, "after shutdown only exit is expected"}
	case m.Method == "initialize" && s.initialized:
		return nil, &rpcError{rpcInvalidRequest, "initialize was sent before"}
	case m.Method == "initialize":
		var client lspClient
		_ = json.Unmarshal(m.Params, &client) // a client that says nothing of itself gets the simplest answers
		s.snippets = client.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
		s.watches = client.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
		s.initialized = true
		return lspInitialized, nil
	case !s.initialized:
		return nil, &rpcError{lspNotInitialized, "initialize comes first"}
	}
	switch m.Method {
	case "shutdown":
		s.shutdown = true
		return nil, nil
	case "textDocument/hover":
		return answer(m, s.hover)
	case "textDocument/completion":
		return answer(m, s.completion)
	case "textDocument/codeAction":
		return answer(m, s.codeActions)
	case "textDocument/formatting":
		return answer(m, s.format)
	case "textDocument/documentSymbol":
		return answer(m, s.symbols)
	case "textDocument/prepareRename":
		return answer(m, s.prepareRename)
	case "textDocument/rename":
		var p lspAt
		if err := json.Unmarshal(m.Params, &p); err != nil {
			return nil, &rpcError{rpcInvalidParams, err.Error()}
		}
		return s.rename(p)
	}
	return nil, &rpcError{rpcUnknownMethod, "there is no method " + m.Method}
}

// answer hands the parameters of a request to f.
func answer[P any](m rpcMessage, f func(P) any) (any, *rpcError) {
	var p P
	if err := json.Unmarshal(m.Params, &p); err != nil {
		return nil, &rpcError{rpcInvalidParams, err.Error()}
	}
	return f(p), nil
}

// notified takes a notification, of which it may lead to another. What it does
// not know or cannot read it passes over: nobody waits for an answer. Among that
// are cancellations, because whatever was asked has been answered by then.
func (s *lspServer) notified(m rpcMessage) error {
	if !s.initialized || s.shutdown {
		return nil
	}
	switch m.Method {
	case "initialized":
		if s.watches {
			params, err := json.Marshal(lspWatch)
			if err != nil {
				return err
			}
			return s.write(rpcMessage{ID: json.RawMessage(`"watch"`), Method: "client/registerCapability", Params: params})
		}
		return nil
	case "workspace/didChangeWatchedFiles":
		for _, uri := range slices.Sorted(term.MapKeys(s.documents)) {
			d := s.documents[uri]
			if err := s.publish(d, s.Check(d)); err != nil {
				return err
			}
		}
		return nil
	}
	var p lspChange
	if json.Unmarshal(m.Params, &p) != nil || p.TextDocument.URI == "" {
		return nil
	}
	d := s.documents[p.TextDocument.URI]
	switch m.Method {
	case "textDocument/didOpen":
		d = &lspDocument{uri: p.TextDocument.URI}
		s.documents[d.uri] = d
		d.set([]byte(p.TextDocument.Text))
	case "textDocument/didChange":
		if d == nil {
			return nil
		}
		for _, c := range p.ContentChanges {
			d.change(c)
		}
	case "textDocument/didClose":
		delete(s.documents, p.TextDocument.URI)
		return s.publish(&lspDocument{uri: p.TextDocument.URI}, []lspDiagnostic{})
	default:
		return nil
	}
	d.version = p.TextDocument.Version
	return s.publish(d, s.Check(d))
}

// Check looks at a document anew.
func (s *lspServer) Check(d *lspDocument) []lspDiagnostic {
	if d.findings = nil; !d.config {
		return []lspDiagnostic{}
	}
	file := uriPath(d.uri)
	// The settings may have been edited since.
	s.linter.Configs.Folders = map[string]review.Loaded{}
	diagnostics := []lspDiagnostic{}
	if v, err := s.linter.Configs.Verdict(file, review.LintFlags{}); err == nil && v.Excluded {
		return diagnostics
	}
	settings, err := s.linter.Configs.Settings(file, validate.Settings{})
	if err != nil {
		diagnostics = append(diagnostics, lspDiagnostic{Severity: 2, Source: "cfgxml", Message: err.Error()})
	}
	if d.findings, _, err = s.linter.Check(file, d.text, settings); err != nil {
		diagnostics = append(diagnostics, lspDiagnostic{Severity: 2, Source: "cfgxml", Message: err.Error()})
	}
	d.findings = slices.DeleteFunc(d.findings, func(f review.Finding) bool { return f.File != file }) // of another layer
	for _, f := range d.findings {
		diagnostics = append(diagnostics, d.diagnostic(f))
	}
	return diagnostics
}

func (s *lspServer) publish(d *lspDocument, diagnostics []lspDiagnostic) error {
	params, err := json.Marshal(lspPublished{d.uri, d.version, diagnostics})
	if err != nil {
		return err
	}
	return s.write(rpcMessage{Method: "textDocument/publishDiagnostics", Params: params})
}

// uriPath is the file of a file: URI, or the URI itself.
func uriPath(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return uri
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.FromSlash(path)
}
