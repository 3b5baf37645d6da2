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
func (s *scanner) openProfile(start, size, open int, g int32) error {
	if s.profile.found {
		return s.fail(start, "a second <flat-profile>: the first one is at line %d", s.lineOf(int(s.profile.start)))
	}
	s.profile = profile{found: true, start: uint32(start), size: uint32(size), open: uint32(open), group: g}
	return nil
}

// emptyProfile is openProfile for a wrapped <flat-profile> without elements.
func (s *scanner) emptyProfile(n node) error {
	if err := s.openProfile(int(n.start), len(flatProfile), int(n.open), -1); err != nil {
		return err
	}
	s.profile.close, s.profile.selfClosed = n.close, n.flags&flagSelfClosed != 0
	for i := int(n.open); i < int(n.close); i++ {
		switch {
		case class[s.data[i]]&clsSpace != 0:
		case s.data[i] == '<' && !bytes.HasPrefix(s.data[i:], cdataOpen):
			i, _, _ = skipMarkup(s.data, i)
			i--
		case s.strict:
			return s.stray(i)
		default:
			s.note(i, "text between elements is ignored")
			return nil
		}
	}
	return nil
}

// noProfile reports a document without the element that holds the parameters.
func (s *scanner) noProfile() error {
	return s.fail(int(s.groups[0].start), "<%s> holds no <flat-profile>: a phone reads parameters only inside one", s.groupName(0))
}
