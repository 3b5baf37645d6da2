// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
)

// An Earlier is what an earlier report said.
type Earlier struct {
	At       time.Time // of its verdicts
	verdicts map[device.MAC]fleet.Verdict
}

// maxEarlier bounds the report that is read: a million phones need 300 MB.
const maxEarlier = 1 << 30

var errNoReport = errors.New("it is not a report that ciscophone report wrote")

// ReadEarlier reads the verdicts from a report that [Write] wrote.
func ReadEarlier(r io.Reader) (*Earlier, error) {
	if r == nil {
		return nil, errors.New("no report given")
	}
	in := bufio.NewReaderSize(io.LimitReader(r, maxEarlier), 1<<20)
	for {
		line, err := in.ReadSlice('\n')
		if rest, ok := bytes.CutPrefix(line, []byte(dataBegins)); ok {
			return decode(io.MultiReader(bytes.NewReader(bytes.Clone(rest)), in))
		}
		switch {
		case err == bufio.ErrBufferFull:
		case err == io.EOF:
			return nil, errNoReport
		case err != nil:
			return nil, err
		}
	}
}

// row is the beginning of a row: the phone and the index of its verdict.
type row struct {
	mac     string
	verdict int
}

func (r *row) UnmarshalJSON(data []byte) error {
	cells := []any{&r.mac, &r.verdict}
	return json.Unmarshal(data, &cells)
}

func decode(in io.Reader) (*Earlier, error) {
	var d struct {
		At       time.Time       `json:"at"`
		Verdicts []fleet.Verdict `json:"verdicts"`
		Phones   []row           `json:"phones"`
	}
	if err := json.NewDecoder(in).Decode(&d); err != nil {
		return nil, fmt.Errorf("%w, or it is cut off: %w", errNoReport, err)
	}
	if d.At.IsZero() {
		return nil, errNoReport
	}
	e := &Earlier{At: d.At, verdicts: make(map[device.MAC]fleet.Verdict, len(d.Phones))}
	for i, p := range d.Phones {
		mac, err := device.ParseMAC(p.mac)
		if err != nil {
			return nil, fmt.Errorf("phone %d: %w", i+1, err)
		}
		if p.verdict < 0 || p.verdict >= len(d.Verdicts) {
			return nil, fmt.Errorf("phone %d, %s: its verdict is number %d of %d", i+1, mac, p.verdict, len(d.Verdicts))
		}
		e.verdicts[mac] = d.Verdicts[p.verdict]
	}
	return e, nil
}

// before returns the index of the verdict that the phone had, if it was another.
func (e *Earlier) before(r fleet.Result) int {
	if e == nil {
		return same
	}
	old, known := e.verdicts[r.Phone.MAC]
	switch at, is := index[old]; {
	case !known || !is:
		return isNew
	case old == r.Verdict:
		return same
	default:
		return at
	}
}
