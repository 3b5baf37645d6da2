// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "bytes"

// profile is the element that holds the parameters.
type profile struct {
	start, size uint32 // '<' of its start tag; length of its name
	open, close uint32 // its content; for <flat-profile/> both are the offset of '/'
	group       int32  // its index in groups, -1 when it holds no elements
	found       bool
	selfClosed  bool
}

// openProfile notes where the element lies that holds the parameters.
func (d *Document) openProfile(start, size, open int, g int32) error {
	if d.profile.found {
		return d.fail(start, "a second <flat-profile>: the first one is at line %d", d.lineOf(int(d.profile.start)))
	}
	d.profile = profile{found: true, start: uint32(start), size: uint32(size), open: uint32(open), group: g}
	return nil
}

// emptyProfile is openProfile for a wrapped <flat-profile> without elements.
func (d *Document) emptyProfile(start, size, open, end int) error {
	if err := d.openProfile(start, size, open, -1); err != nil {
		return err
	}
	d.profile.close = uint32(end)
	for i := open; i < end; i++ {
		switch {
		case class[d.data[i]]&clsSpace != 0:
		case d.data[i] == '<' && !bytes.HasPrefix(d.data[i:], cdataOpen):
			i, _, _ = d.skipMarkup(i)
			i--
		case !d.cfg.tolerant:
			return d.stray(i)
		default:
			d.note(i, "text between elements is ignored")
			return nil
		}
	}
	return nil
}
