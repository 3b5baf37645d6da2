// SPDX-License-Identifier: MPL-2.0

package cli

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
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func lspCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "lsp",
		GroupID: groupReview,
		Short:   "Serve an editor: findings, meanings, completion, quick fixes",
		Long: `lsp speaks the Language Server Protocol over standard input and output, for an
editor to start. While a configuration file is edited it shows what lint would
find, with the settings of the nearest .cfgxml.yaml; it tells what a parameter is
for; it completes names, values and the ua attribute; and it offers to put a
finding right or to write the comment that silences it.`,
		Example: `  cfgxml lsp < /dev/null || test $? = 1   # an editor starts it`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := &lspServer{in: bufio.NewReader(a.stdin), out: a.stdout, documents: map[string]*lspDocument{}}
			s.linter = &linter{app: a, configs: &configs{folders: map[string]loaded{}}, least: validate.Info, most: maxPerRule}
			return s.serve(cmd.Context())
		},
	}
}

// lspServer answers one client, message by message, in their order.
type lspServer struct {
	in        *bufio.Reader
	out       io.Writer
	linter    *linter
	documents map[string]*lspDocument // by URI
	shutdown  bool
}

// lspDocument is a file as the editor has it.
type lspDocument struct {
	uri      string
	text     []byte
	findings []finding
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
)

// maxMessage bounds a message; a file and its JSON escapes.
const maxMessage = 2 * maxFile

// serve runs until the client says exit or goes away. Without the shutdown that
// has to come first the exit status is 1, as the protocol asks.
func (s *lspServer) serve(ctx context.Context) error {
	for ctx.Err() == nil {
		data, err := s.read()
		switch {
		case errors.Is(err, io.EOF):
			return errFindings
		case err != nil:
			return failure(fmt.Errorf("language client: %w", err))
		}
		var m rpcMessage
		if err := json.Unmarshal(data, &m); err != nil {
			if err := s.write(rpcMessage{ID: json.RawMessage("null"), Error: &rpcError{rpcParseError, err.Error()}}); err != nil {
				return err
			}
			continue
		}
		if m.Method == "exit" {
			if s.shutdown {
				return nil
			}
			return errFindings
		}
		result, rpcErr := s.handle(m)
		if len(m.ID) == 0 || m.Method == "" {
			if result != nil { // what a notification leads to is another
				if err := s.write(result.(rpcMessage)); err != nil {
					return err
				}
			}
			continue
		}
		response := rpcMessage{ID: m.ID, Result: result, Error: rpcErr}
		if rpcErr == nil && result == nil {
			response.Result = json.RawMessage("null")
		}
		if err := s.write(response); err != nil {
			return err
		}
	}
	return failure(errInterrupted)
}

// read reads one message: header lines, an empty line, and as many bytes as
// Content-Length says.
func (s *lspServer) read() ([]byte, error) {
	length := -1
	for first := true; ; first = false {
		line, err := s.in.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) && (!first || line != "") {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
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

// handle answers one message. The result of a notification is nil or the
// notification to send in turn.
func (s *lspServer) handle(m rpcMessage) (any, *rpcError) {
	if s.shutdown {
		return nil, &rpcError{rpcInvalidRequest, "after shutdown only exit is expected"}
	}
	switch m.Method {
	case "initialize":
		return lspInitialized, nil
	case "shutdown":
		s.shutdown = true
		return nil, nil
	case "textDocument/didOpen":
		return answer(m, func(p struct {
			TextDocument struct{ URI, Text string }
		}) any {
			return s.update(p.TextDocument.URI, p.TextDocument.Text)
		})
	case "textDocument/didChange":
		return answer(m, func(p struct {
			TextDocument   struct{ URI string }
			ContentChanges []struct{ Text string }
		}) any {
			if len(p.ContentChanges) == 0 {
				return nil
			}
			return s.update(p.TextDocument.URI, p.ContentChanges[len(p.ContentChanges)-1].Text)
		})
	case "textDocument/didClose":
		return answer(m, func(p lspAt) any {
			delete(s.documents, p.TextDocument.URI)
			return publish(p.TextDocument.URI, []lspDiagnostic{})
		})
	case "textDocument/hover":
		return answer(m, s.hover)
	case "textDocument/completion":
		return answer(m, s.completion)
	case "textDocument/codeAction":
		return answer(m, s.codeActions)
	}
	return nil, &rpcError{rpcUnknownMethod, "there is no method " + m.Method}
}

// answer hands the parameters of a message to f.
func answer[P any](m rpcMessage, f func(P) any) (any, *rpcError) {
	var p P
	if err := json.Unmarshal(m.Params, &p); err != nil {
		return nil, &rpcError{rpcInvalidParams, err.Error()}
	}
	return f(p), nil
}

// update looks at a document anew and publishes what there is to find.
func (s *lspServer) update(uri, text string) any {
	d := &lspDocument{uri: uri, text: []byte(text)}
	s.documents[uri] = d
	file := uriPath(uri)
	// The settings may have been edited since.
	s.linter.configs.folders = map[string]loaded{}
	settings, err := s.linter.configs.settings(file, validate.Settings{})
	diagnostics := []lspDiagnostic{}
	if err != nil {
		diagnostics = append(diagnostics, lspDiagnostic{Severity: 2, Source: "cfgxml", Message: err.Error()})
	}
	d.findings = s.linter.check(new(cfgxml.Document), file, d.text, settings)
	for _, f := range d.findings {
		diagnostics = append(diagnostics, newDiagnostic(f))
	}
	return publish(uri, diagnostics)
}

func publish(uri string, diagnostics []lspDiagnostic) any {
	params, err := json.Marshal(map[string]any{"uri": uri, "diagnostics": diagnostics})
	if err != nil {
		return nil // strings and numbers do not fail
	}
	return rpcMessage{Method: "textDocument/publishDiagnostics", Params: params}
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
