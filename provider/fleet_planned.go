// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"reflect"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Within apply, a CLI asks the same process for the plan once more and, when it
// is the one that was approved, for the apply. The second is about what the
// first has just worked out and seen.

// asked is what a fleet is worked out from.
type asked struct {
	config fleetModel
	prior  *fleetModel // nil for a fleet that is created
	mark   []byte      // whether its challenge was managed
}

func (a asked) equal(b asked) bool {
	if a.prior != nil && b.prior != nil {
		p, q := *a.prior, *b.prior
		p.Phones, q.Phones = types.StringNull(), types.StringNull() // they follow from the rest, in any order
		a.prior, b.prior = &p, &q
	}
	return bytes.Equal(a.mark, b.mark) && reflect.DeepEqual(a.config, b.config) && reflect.DeepEqual(a.prior, b.prior)
}

// maxPlanned bounds how many fleets wait for their apply.
const maxPlanned = 4

// A planned keeps the last fleets that were planned, each for one apply.
type planned struct {
	mu     sync.Mutex
	fleets []*fleet
}

func (p *planned) keep(f *fleet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fleets = append(slices.DeleteFunc(p.fleets, func(g *fleet) bool { return g.of.equal(f.of) }), f)
	if len(p.fleets) > maxPlanned {
		p.fleets = slices.Delete(p.fleets, 0, 1)
	}
}

// take gives the fleet that was planned from the same, and forgets it; nil for none.
func (p *planned) take(of asked) *fleet {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.fleets, func(f *fleet) bool { return f.of.equal(of) })
	if i < 0 {
		return nil
	}
	f := p.fleets[i]
	p.fleets = slices.Delete(p.fleets, i, i+1)
	return f
}
