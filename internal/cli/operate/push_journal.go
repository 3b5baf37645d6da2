// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// A journal is a file with a line for each phone whose file a run brought to what it
// should be. A run that was killed between a file and its line finds the file in its
// place the next time, and writes the line then.
type journal struct {
	file   *os.File
	now    func() time.Time
	noted  map[string]string // by phone: the digest that the last line has
	before int               // how many phones a run before noted
}

// A journalLine is what became of one phone.
type journalLine struct {
	Time   time.Time `json:"time"`
	MAC    string    `json:"mac"`
	File   string    `json:"file"`
	Result string    `json:"result"` // written, or found as it should be
	Digest string    `json:"digest"` // of what the file holds, secrets left out
}

// openJournal opens a journal, or makes one. A line that was cut off is left as it is.
func openJournal(name string) (*journal, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{file: f, now: time.Now, noted: map[string]string{}}
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		var l journalLine
		if json.Unmarshal(line, &l) == nil && l.MAC != "" {
			j.noted[l.MAC] = l.Digest
		}
		if err == io.EOF {
			if len(line) > 0 {
				_, err = f.Write([]byte("\n"))
			} else {
				err = nil
			}
			j.before = len(j.noted)
			return j, err
		}
		if err != nil {
			f.Close()
			return nil, err
		}
	}
}

func (j *journal) close() { j.file.Close() }

// wrote notes a file that was written.
func (j *journal) wrote(p batch.Phone, found *batch.Finding) error {
	return j.note(p, "written", found.Digest)
}

// same notes a file that was as it should be, once.
func (j *journal) same(p batch.Phone, found *batch.Finding) error {
	if j == nil || j.noted[p.ID.MAC.String()] == found.Digest {
		return nil
	}
	return j.note(p, "found", found.Digest)
}

func (j *journal) note(p batch.Phone, result, digest string) error {
	if j == nil {
		return nil
	}
	mac := p.ID.MAC.String()
	j.noted[mac] = digest
	return writeLine(j.file, journalLine{j.now().UTC(), mac, p.Name, result, digest})
}

// writeLine writes one line of JSON in one piece.
func writeLine(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
