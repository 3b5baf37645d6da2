// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/ciscophone"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

var Update = flag.Bool("update", false, "write the goldens anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cfgxml":     func() { os.Exit(cfgxml.Program.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"ciscophone": func() { os.Exit(ciscophone.Program.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// programs are both command lines.
var programs = []term.Program{cfgxml.Program, ciscophone.Program}

// Run runs a command line of the program that has the command.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	for _, c := range ciscophone.Program.Root().Commands() {
		if len(args) > 0 && c.Name() == args[0] && !c.Hidden && c.GroupID != "" {
			return ciscophone.Program.Run(ctx, args, stdin, stdout, stderr)
		}
	}
	return cfgxml.Program.Run(ctx, args, stdin, stdout, stderr)
}

// allCommands are the documented commands of both programs.
func allCommands() (all []*cobra.Command) {
	for _, p := range programs {
		all = append(all, term.Documented(p.Root())...)
	}
	return all
}

// TestScript runs the command lines in testdata/script as a shell would.
func TestScript(t *testing.T) {
	t.Parallel()
	plans, err := filepath.Abs(filepath.Join("testdata", "plan"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *Update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "")
			e.Setenv("FORCE_COLOR", "")
			e.Setenv("TERM", "xterm")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("PLANS", plans)
			_, others, _ := strings.Cut(e.Getenv("PATH"), string(os.PathListSeparator)) // the first has cfgxml
			e.Setenv("GITONLY", others)
			e.Setenv("FP", strings.Repeat("4813494D", 8))
			e.Setenv("FP48", strings.Repeat("4813494D", 12))
			return os.WriteFile(filepath.Join(e.WorkDir, "phones.pcap"), []byte(exampleFiles["phones.pcap"]), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": wantStatus,
			"bytes":  sameBytes,
			"subst":  subst,
			"labenv": labEnv,
			"ca":     startCA,
			"opens":  opens,
			"owner":  keyOwner,
		},
	})
}

// wantStatus runs a command that must end with the given exit status:
//
//	status 1 cfgxml lint broken.xml
func wantStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// sameBytes compares two files byte by byte, which cmp does not: it normalizes
// line ends.
func sameBytes(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: bytes FILE1 FILE2")
	}
	a, b := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	if (a == b) == neg {
		ts.Fatalf("%s (%d bytes) and %s (%d bytes): equal is %v", args[0], len(a), args[1], len(b), a == b)
	}
}

// subst writes a copy of a file in which every old is new; both may hold Go
// escapes: subst in.xml out.xml '\n' '\r\n'
func subst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: subst IN OUT OLD NEW")
	}
	unescape := func(s string) string {
		out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
		ts.Check(err)
		return out
	}
	data := strings.ReplaceAll(ts.ReadFile(args[0]), unescape(args[2]), unescape(args[3]))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(data), 0o600))
}

// labEnv waits for the lab in a folder and tells where its parts and its first
// runPhone are, in environment variables.
func labEnv(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: labenv DIR")
	}
	info, err := awaitLab(ts.MkAbs(args[0]))
	ts.Check(err)
	for name, value := range map[string]string{
		"SCEP_URL": info.SCEPURL, "SHA256": info.FingerprintSHA256, "CHALLENGE_FILE": info.ChallengeFile, "PHONE_PASSWORD_FILE": info.PhonePasswordFile,
		"CONFIG": filepath.Join(info.Store, info.Phones[0].Config), "PAGE": info.Phones[0].Page, "NAME": info.Phones[0].MICCommonName,
	} {
		ts.Setenv(name, value)
	}
}

// awaitLab waits until the lab in dir has written its lab.json, the last thing
// it does at its start.
func awaitLab(dir string) (info lab.Info, err error) {
	for range 2400 {
		if info, err = lab.Read(dir); err == nil {
			return info, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return info, err
}
