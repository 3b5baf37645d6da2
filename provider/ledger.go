// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// A CLI replaces an object by a Delete and a Create that know nothing of each
// other, in either order, and both are about the same file. So does a resource
// that was renamed without a moved block, and a phone that moves from one fleet
// to another. This file keeps the Delete from taking what the Create writes:
//
//   - The plan of a replacement leaves the names of its files in the planned
//     private state, which the Delete is given. A plain destruction has none.
//   - With create_before_destroy the former object is destroyed afterwards, by a
//     plan of its own that is made during apply: it sees what was written.
//   - Two objects of different names for one file are refused at plan.
//
// One process serves one provider configuration: what an alias, another
// workspace or another person does is not seen.

// A ledger knows what the objects of one run of the provider do to which file.
type ledger struct {
	run string // a random name of this run

	mu      sync.Mutex
	seen    map[string]map[string]bool // by file: the objects that were read with it
	claims  map[string]claim           // by file: the object whose plan writes it
	freed   map[string]string          // by file: the object whose plan clears or deletes it
	written map[string]bool            // files that an apply of this run brought to what they are
}

// A claim is an object's plan to write a file. It is held if the object had the
// file before.
type claim struct {
	object string
	held   bool
}

func newLedger() *ledger {
	return &ledger{run: rand.Text(), seen: map[string]map[string]bool{}, claims: map[string]claim{}, freed: map[string]string{}, written: map[string]bool{}}
}

// objectKey is the key in private state of an object's mark.
const objectKey = "object"

// A mark is what private state says of an object.
type mark struct {
	// Object is a random name of the object: a CLI tells no address.
	Object string `json:"object"`
	// Applied says that an apply made the state, and not an import; then Challenge
	// and Whole say whether it managed a challenge password and had a template,
	// which as write-only values leave no trace in the state.
	Applied   bool `json:"applied,omitempty"`
	Challenge bool `json:"challenge,omitempty"`
	Whole     bool `json:"whole,omitempty"`
	// Read says that the state is what the files hold, which an apply or a refresh
	// saw; Template and Inventory are the digests of template_file and inventory_file
	// then. A refresh that sees nothing new leaves the mark as it is: to a CLI its
	// change would be one outside.
	Read      bool   `json:"read,omitempty"`
	Template  string `json:"template,omitempty"`
	Inventory string `json:"inventory,omitempty"`
	// Stamp is that of a fleet's files when their digests were made.
	Stamp string `json:"stamp,omitempty"`
	// Keep are files that are not touched when the object is destroyed.
	Keep []string `json:"keep,omitempty"`
	// Run is the run in which the destruction was planned.
	Run string `json:"run,omitempty"`
}

// A privateReader and a privateWriter are the framework's private state, which
// has no exported type.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// markOf returns an object's mark, a new one if it has none: no private state is
// shown to the plan of a creation, nor to that of a tainted object's replacement.
func markOf(ctx context.Context, private privateReader) (m mark) {
	if b, _ := private.GetKey(ctx, objectKey); json.Unmarshal(b, &m) == nil && m.Object != "" {
		return m
	}
	var before struct{ Managed *bool } // what provider versions before 0.2 left
	if b, _ := private.GetKey(ctx, "challenge"); json.Unmarshal(b, &before) == nil && before.Managed != nil {
		m.Applied, m.Challenge = true, *before.Managed
	}
	m.Object = rand.Text()
	return m
}

func (m mark) set(ctx context.Context, private privateWriter) diag.Diagnostics {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a struct of strings and truth values
	}
	return private.SetKey(ctx, objectKey, b)
}

// applied is the mark of an object that an apply brought about.
func (m mark) applied(by *settingsModel) mark {
	return mark{Object: m.Object, Applied: true, Challenge: by.challenges(), Whole: by.whole()}.read(by)
}

// read is the mark of an object that a refresh has read.
func (m mark) read(by *settingsModel) mark {
	m.Read, m.Template, m.Keep, m.Run = true, fileDigest(by.TemplateFile, digestOf), nil, ""
	return m
}

// fileDigest returns the digest of a file that an attribute names, "" where there
// is none.
func fileDigest(file types.String, of func(data []byte) string) string {
	if file.ValueString() == "" {
		return ""
	}
	data, err := readFile(file.ValueString(), maxTemplate)
	if err != nil {
		return ""
	}
	return of(data)
}

// rowsDigest is the digest of an inventory, which holds no secret.
func rowsDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// asRead compares a file that an attribute names with what the refresh before saw.
func (m mark) asRead(attribute, what, digest string, of func(data []byte) string, prior, config types.String) (diags diag.Diagnostics) {
	if !m.Read || digest == "" || !prior.Equal(config) {
		return nil
	}
	if now := fileDigest(config, of); now != "" && now != digest {
		diags.AddAttributeError(path.Root(attribute), what+" Changed Since Plan",
			config.ValueString()+" holds something else than when it was last read for this plan."+planAgain)
	}
	return diags
}

// saw notes the files with which an object was read. Where there are two objects
// for one file, a replacement was interrupted between its halves.
func (l *ledger) saw(m mark, files []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, file := range files {
		if l.seen[file] == nil {
			l.seen[file] = map[string]bool{}
		}
		l.seen[file][m.Object] = true
	}
}

// writes notes the files that a plan writes, and those that the object lets go
// by clearing or deleting them. It returns the mark for the planned private state.
func (l *ledger) writes(m mark, create bool, files []string, held func(file string) bool, freed []string) (mark, diag.Diagnostics) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var both, taken []string
	for _, file := range files {
		is := claim{object: m.Object, held: held(file)}
		if other, ok := l.claims[file]; ok && other.object != m.Object {
			both = append(both, file)
		} else if ok { // planned as an update, and now as a replacement
			is.held = other.held
		}
		l.claims[file] = is
		if other, ok := l.freed[file]; ok && other != m.Object && l.takes(is, file) {
			taken = append(taken, file)
		}
	}
	taken = append(taken, l.free(m, freed)...)
	m.Keep, m.Run = nil, ""
	if create {
		m.Keep = files
	}
	return m, conflicts(both, taken)
}

// takes reports whether a claim is to a file that was another object's.
func (l *ledger) takes(c claim, file string) bool {
	return !c.held && !l.written[file] && len(l.seen[file]) < 2
}

// free notes files that an object clears or deletes, and returns those that
// another takes over. The caller has the lock.
func (l *ledger) free(m mark, files []string) (taken []string) {
	for _, file := range files {
		l.freed[file] = m.Object
		if c, ok := l.claims[file]; ok && c.object != m.Object && l.takes(c, file) {
			taken = append(taken, file)
		}
	}
	return taken
}

// destroys notes the files that a planned destruction clears or deletes.
func (l *ledger) destroys(m mark, files []string) (mark, diag.Diagnostics) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.free(m, files)
	m.Keep, m.Run = nil, l.run
	for _, file := range files {
		if c, ok := l.claims[file]; l.written[file] || ok && c.object != m.Object {
			m.Keep = append(m.Keep, file)
		}
	}
	return m, conflicts(nil, taken)
}

// wrote notes files that an apply brought to what they are.
func (l *ledger) wrote(files ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, file := range files {
		l.written[file] = true
	}
}

// kept returns those of an object's files that its destruction does not touch.
// moves reports whether a replacement may be for the sake of another file.
func (l *ledger) kept(m mark, files []string, moves bool) (kept map[string]bool, diags diag.Diagnostics) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept = map[string]bool{}
	for _, file := range m.Keep {
		kept[file] = true
	}
	// A destruction that is planned in the run that carries it out is that of the
	// former object, after its replacement with create_before_destroy. If that was
	// not in this run, or not all of it, the files may well be the new object's.
	sure := m.Run != l.run || moves && len(l.written) > 0
	var unsure []string
	for _, file := range files {
		switch {
		case l.written[file]:
			kept[file] = true
		case !sure && !kept[file]:
			kept[file] = true
			unsure = append(unsure, file)
		}
	}
	if len(unsure) > 0 {
		diags.AddWarning("Files of a Replaced Object Are Kept",
			"With create_before_destroy the former object is destroyed after the new one was created, and here it cannot be told whether these files are the new one's: "+
				some(unsure)+".\n\nThey stay as they are. If nobody needs them, delete them by hand.")
	}
	return kept, diags
}

func conflicts(both, taken []string) (diags diag.Diagnostics) {
	if len(both) > 0 {
		diags.AddError("Two Resources for One File", "Another resource of this configuration writes the same file: "+some(both)+
			".\n\nEach would undo what the other does. Give one of them another path, or remove it.")
	}
	if len(taken) > 0 {
		diags.AddError("File Changes Hands", "One resource lets go of a file that another one is about to take over, and its on_destroy would clear or delete it: "+some(taken)+
			".\n\nIf the resource was renamed, say so: moved { from = OLD to = NEW }. If a phone moves between fleets, give their files different names (path = \"{site}/...\"), "+
			"or set on_destroy = \"keep\" for the fleet that it leaves. For a resource that leaves the configuration: removed { from = OLD lifecycle { destroy = false } }. Nothing was changed.")
	}
	return diags
}

// some names a few of many.
func some(names []string) string {
	const most = 5
	if n := len(names); n > most {
		return fmt.Sprintf("%s and %s more", strings.Join(names[:most], ", "), batch.Thousands(n-most))
	}
	return strings.Join(names, ", ")
}
