// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// maxChallengeOutput bounds what a command may give.
const maxChallengeOutput = 256 << 10

func challengeProblems(challenge string) []validate.Problem {
	return validate.Field(cfgxml.ParamChallengePassword, challenge, validate.Settings{})
}

// challengeFromCommand runs a program. No error holds what it wrote to standard
// output; what it wrote to standard error is the program's own explanation.
func challengeFromCommand(ctx context.Context, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	out, explained := &bounded{limit: maxChallengeOutput}, &bounded{limit: 2 << 10}
	cmd.Stdout, cmd.Stderr = out, explained
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s took too long: %w", args[0], ctx.Err())
	case err != nil:
		return "", fmt.Errorf("%s: %w: %s", args[0], err, strings.TrimSpace(explained.String()))
	}
	text := strings.TrimRight(out.String(), "\r\n")
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return "", fmt.Errorf("%s wrote %d lines, want exactly one: the challenge password", args[0], strings.Count(out.String(), "\n"))
	}
	return text, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:max(0, min(len(p), b.limit-b.Len()))])
	return len(p), nil
}
