// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

const (
	captureBuffer = 1 << 20
	// maxPacket is the longest packet or pcapng block that is read; libpcap's own
	// limit for a packet is the same.
	maxPacket = 256 << 10
)

// Messages reads a capture file, pcap or pcapng, and yields the DHCP messages in
// it, in their order. Packets of other protocols, and other link types than
// Ethernet, Linux cooked, loopback and raw IP, are passed over. Memory stays the same however
// long the file is. The message and its slices are valid until the next one.
//
// An error ends the sequence: the file is not a capture, or is damaged. A file that
// ends within a packet yields io.ErrUnexpectedEOF after the messages before it.
func Messages(r io.Reader) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		if r == nil {
			r = bytes.NewReader(nil)
		}
		c := &capture{r: bufio.NewReaderSize(r, captureBuffer)}
		err := c.read(func(m *Message) bool { return yield(m, nil) })
		if err == nil && c.unread > 0 && c.unread == c.number {
			err = fmt.Errorf("the link type of the capture is %d, which is not read: capture Ethernet, Linux cooked, loopback or raw IP, with tcpdump -i INTERFACE", c.unreadKind)
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, fmt.Errorf("capture: byte %d, packet %d: %w", c.offset, c.number+1, err))
		}
	}
}

// errStop says that the caller wants no more.
var errStop = errors.New("stopped")

type capture struct {
	r      *bufio.Reader
	offset int64 // of the record being read
	number int   // of packets so far
	order  binary.ByteOrder
	links  []link // pcapng: of each interface; pcap: one
	msg    Message

	unread     int // packets of a link type that is not read
	unreadKind uint32
}

// link is what the file says of an interface.
type link struct {
	kind uint32
	unit time.Duration // of a time stamp; 0 where it is finer or odd
}

// Time stamps of the two forms of pcap.
const (
	magicMicro = 0xA1B2C3D4
	magicNano  = 0xA1B23C4D
	// pcapng
	magicSection   = 0x0A0D0D0A
	magicByteOrder = 0x1A2B3C4D
	blockInterface = 1
	blockSimple    = 3
	blockEnhanced  = 6
)

func (c *capture) read(f func(*Message) bool) error {
	head, err := c.r.Peek(4)
	if err == io.EOF {
		return errors.New("the file is not a capture: it has fewer than four bytes")
	}
	if err != nil {
		return err
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		c.order = order
		switch order.Uint32(head) {
		case magicMicro:
			return c.pcap(time.Microsecond, f)
		case magicNano:
			return c.pcap(time.Nanosecond, f)
		case magicSection:
			return c.pcapng(f)
		}
	}
	if head[0] == 0x1F && head[1] == 0x8B {
		return errors.New("the file is compressed: unpack it with gunzip first")
	}
	return fmt.Errorf("the file is neither pcap nor pcapng: it starts with %x", head)
}

// take returns the next n bytes, valid until the next call.
func (c *capture) take(n int) ([]byte, error) {
	b, err := c.r.Peek(n)
	if err != nil {
		if err == io.EOF && len(b) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	_, err = c.r.Discard(n)
	c.offset += int64(n)
	return b, err
}

func (c *capture) pcap(unit time.Duration, f func(*Message) bool) error {
	head, err := c.take(24)
	if err != nil {
		return unexpected(err)
	}
	l := link{kind: c.order.Uint32(head[20:]) & 0xFFFF, unit: unit}
	for {
		head, err := c.take(16)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return unexpected(err)
		}
		sec, frac, n := c.order.Uint32(head), c.order.Uint32(head[4:]), c.order.Uint32(head[8:])
		if n > maxPacket {
			return fmt.Errorf("a packet of %d bytes: at most %d are plausible, the file is damaged", n, maxPacket)
		}
		data, err := c.take(int(n))
		if err != nil {
			return unexpected(err)
		}
		c.number++
		if !c.packet(l.kind, data) {
			continue
		}
		c.msg.Time = time.Unix(int64(sec), int64(frac)*int64(unit)).UTC()
		if !f(&c.msg) {
			return errStop
		}
	}
}

func (c *capture) pcapng(f func(*Message) bool) error {
	for {
		head, err := c.r.Peek(12)
		if err == io.EOF && len(head) == 0 {
			return nil
		}
		if err != nil {
			return unexpected(err)
		}
		kind := c.order.Uint32(head)
		if kind == magicSection { // the same in both orders
			switch {
			case binary.LittleEndian.Uint32(head[8:]) == magicByteOrder:
				c.order = binary.LittleEndian
			case binary.BigEndian.Uint32(head[8:]) == magicByteOrder:
				c.order = binary.BigEndian
			default:
				return errors.New("a section without the byte-order mark: the file is damaged")
			}
			c.links = c.links[:0]
		}
		n := c.order.Uint32(head[4:])
		if n < 12 || n%4 != 0 {
			return fmt.Errorf("a block of %d bytes: the file is damaged", n)
		}
		if n > maxPacket {
			if kind == blockEnhanced || kind == blockSimple || kind == blockInterface {
				return fmt.Errorf("a block of %d bytes: at most %d are plausible", n, maxPacket)
			}
			// Embedded secrets and the like may be long and are nothing to us.
			if _, err := io.CopyN(io.Discard, c.r, int64(n)); err != nil {
				return unexpected(err)
			}
			c.offset += int64(n)
			continue
		}
		block, err := c.take(int(n))
		if err != nil {
			return unexpected(err)
		}
		if c.order.Uint32(block[n-4:]) != n {
			return errors.New("a block whose two lengths differ: the file is damaged")
		}
		if ok, err := c.block(kind, block[8:n-4]); err != nil {
			return err
		} else if ok && !f(&c.msg) {
			return errStop
		}
	}
}

// block takes in the body of one block and reports whether it held a DHCP message.
func (c *capture) block(kind uint32, body []byte) (bool, error) {
	switch kind {
	case blockInterface:
		if len(body) < 8 {
			return false, errors.New("an interface block that is cut short")
		}
		if len(c.links) >= 1<<16 {
			return false, errors.New("more than 65,536 interfaces")
		}
		c.links = append(c.links, link{kind: uint32(c.order.Uint16(body)), unit: c.resolution(body[8:])})
	case blockEnhanced:
		if len(body) < 20 {
			return false, errors.New("a packet block that is cut short")
		}
		iface, n := c.order.Uint32(body), c.order.Uint32(body[12:])
		if uint64(n) > uint64(len(body)-20) {
			return false, errors.New("a packet longer than its block")
		}
		if uint64(iface) >= uint64(len(c.links)) {
			return false, fmt.Errorf("a packet of interface %d, but the file has %d interfaces", iface, len(c.links))
		}
		c.number++
		l := c.links[iface]
		if !c.packet(l.kind, body[20:20+n]) {
			return false, nil
		}
		stamp := uint64(c.order.Uint32(body[4:]))<<32 | uint64(c.order.Uint32(body[8:]))
		c.msg.Time = time.Time{}
		if l.unit > 0 {
			perSecond := uint64(time.Second / l.unit)
			c.msg.Time = time.Unix(int64(stamp/perSecond), int64(stamp%perSecond)*int64(l.unit)).UTC()
		}
		return true, nil
	case blockSimple:
		if len(body) < 4 || len(c.links) == 0 {
			return false, errors.New("a simple packet block without length or interface")
		}
		c.number++
		n := min(int(c.order.Uint32(body)), len(body)-4)
		c.msg.Time = time.Time{}
		return n >= 0 && c.packet(c.links[0].kind, body[4:4+n]), nil
	}
	return false, nil
}

// resolution finds the unit of the interface's time stamps among its options:
// microseconds unless option 9 says another power of ten.
func (c *capture) resolution(options []byte) time.Duration {
	for len(options) >= 4 {
		code, n := c.order.Uint16(options), int(c.order.Uint16(options[2:]))
		if code == 0 || 4+n > len(options) {
			break
		}
		if code == 9 && n >= 1 {
			unit := time.Second
			for range options[4] {
				if options[4] > 9 { // binary, or finer than a nanosecond
					return 0
				}
				unit /= 10
			}
			return unit
		}
		options = options[min(len(options), 4+(n+3)&^3):]
	}
	return time.Microsecond
}

func unexpected(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends within a packet: %w", io.ErrUnexpectedEOF)
	}
	return err
}
