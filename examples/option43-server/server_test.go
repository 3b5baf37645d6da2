// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/hex"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

const fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"

// start builds the server and runs it on a free port, with a file that has the
// server address given.
func start(t *testing.T, server string) (address, talk string) {
	t.Helper()
	dir := t.TempDir()
	program, file := filepath.Join(dir, "option43-server"), filepath.Join(dir, "base.xml")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := "<flat-profile><CDC_Server_1_>" + server + "</CDC_Server_1_><CDC_Root_CA_Fingerprint_1_>" + fingerprint +
		"</CDC_Root_CA_Fingerprint_1_><CDC_Challenge_Password_1_>swordfish-17</CDC_Challenge_Password_1_></flat-profile>"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = free.LocalAddr().String()
	free.Close()
	var out strings.Builder
	cmd := exec.Command(program, "-config", file, "-listen", address, "-first", "10.0.0.100")
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	if !strings.HasPrefix(server, "http://") {
		<-ended
		return "", out.String()
	}
	return address, ""
}

// TestOption43 asks as a phone does, and reads in the answer what the file says.
func TestOption43(t *testing.T) {
	t.Parallel()
	address, _ := start(t, "http://scep.example.net/scep")
	conn, err := net.Dial("udp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(class string, modifiers ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
		t.Helper()
		m, err := dhcpv4.NewDiscovery(net.HardwareAddr{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e},
			append(modifiers, dhcpv4.WithOption(dhcpv4.OptClassIdentifier(class)))...)
		if err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 1500)
		for range 200 { // it may be starting
			if _, err := conn.Write(m.ToBytes()); err != nil {
				time.Sleep(50 * time.Millisecond)
				continue
			}
			_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
			n, err := conn.Read(buffer)
			if err != nil {
				time.Sleep(50 * time.Millisecond)
				if class == "MSFT 5.0" {
					return nil
				}
				continue
			}
			if answer, err := dhcpv4.FromBytes(buffer[:n]); err == nil && answer.TransactionID == m.TransactionID {
				return answer
			}
		}
		return nil
	}
	offer := ask(option43.VendorClasses[0])
	if offer == nil {
		t.Fatal("no offer")
	}
	suboptions, err := option43.Decode(offer.Options.Get(dhcpv4.OptionVendorSpecificInformation))
	if err != nil {
		t.Fatal(err)
	}
	p := suboptions.Parameters()
	if p.Server != "http://scep.example.net/scep" || p.ChallengePassword.Reveal() != "swordfish-17" || !strings.EqualFold(hex.EncodeToString(p.RootCAFingerprint), fingerprint) {
		t.Errorf("the phone reads %v", p)
	}
	if offer.MessageType() != dhcpv4.MessageTypeOffer || offer.YourIPAddr.String() != "10.0.0.100" {
		t.Errorf("offer: %s", offer.Summary())
	}
	ack := ask(option43.VendorClasses[0], dhcpv4.WithMessageType(dhcpv4.MessageTypeRequest))
	if ack == nil || ack.MessageType() != dhcpv4.MessageTypeAck || !ack.YourIPAddr.Equal(offer.YourIPAddr) {
		t.Errorf("acknowledgment: %v", ack)
	}
	if other := ask("MSFT 5.0"); other != nil {
		t.Errorf("a client that is no phone gets %s", other.Summary())
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	if _, talk := start(t, "https://scep.example.net/"); !strings.Contains(talk, "https") || strings.Contains(talk, "swordfish-17") {
		t.Errorf("it says %q", talk)
	}
}
