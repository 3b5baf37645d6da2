// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// maxChallengeOutput bounds what a command may give.
const maxChallengeOutput = 256 << 10

func challengeProblems(challenge string) []validate.Problem {
	return validate.Field(cdc.ParamChallengePassword, challenge, validate.Settings{})
}

// challengeFromCommand runs a program. No error holds what it wrote to standard
// output; what it wrote to standard error is the program's own explanation.
func challengeFromCommand(ctx context.Context, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	out, explained := &bounded{limit: maxChallengeOutput}, &bounded{limit: 2 << 10}
	cmd.Stdout, cmd.Stderr = out, explained
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var start *exec.Error
	var path *fs.PathError
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("the command %s took too long: %w", args[0], ctx.Err())
	case errors.As(err, &start):
		return "", fmt.Errorf("the command %s cannot be run: %w; give the path of a program, or the name of one on PATH", args[0], start.Err)
	case errors.As(err, &path):
		return "", fmt.Errorf("the command %s cannot be run: %w; give the path of a program, or the name of one on PATH", args[0], path.Err)
	case err != nil && explained.Len() == 0:
		return "", fmt.Errorf("the command %s failed and says nothing: %w", args[0], err)
	case err != nil:
		return "", fmt.Errorf("the command %s failed: %w: %s", args[0], err, strings.TrimSpace(explained.String()))
	}
	s, _, err := secret.Parse(out.Bytes()) // a byte order mark of PowerShell is nothing to be told of
	if err != nil {
		return "", fmt.Errorf("the command %s wrote no challenge password to standard output: %w", args[0], err)
	}
	return s.Reveal(), nil
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
