// SPDX-License-Identifier: MPL-2.0

package cfgxml

// Redacted gives the document with the value of every secret replaced by
// "(secret)".
func (d *Document) Redacted() []byte {
	secrets := make(map[string]bool)
	for p := range d.All() {
		if v := p.Value(); v != "" && IsSecret(p.Name()) {
			secrets[v] = true
		}
	}
	out := make([]byte, 0, len(d.data)+len(d.data)/16)
	at := uint32(0)
	for i := range d.nodes {
		p := Param{d, d.nodes[i]}
		v := p.Value()
		if v == "" || !secrets[v] && !IsSecret(p.Name()) {
			continue
		}
		out = append(out, d.data[at:p.n.open]...)
		out = append(out, secretText...)
		at = p.n.close
	}
	return append(out, d.data[at:]...)
}
