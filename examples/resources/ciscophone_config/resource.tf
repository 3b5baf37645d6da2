# The four CDC parameters are set in the phone's file; all else stays as it is.
resource "ciscophone_config" "reception" {
  path = "SEP001A2B3C4D5E.xml"

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
  common_name             = "$MAU.example.net"

  parameters = {
    Certificate_Select = "Custom installed"
  }

  phone = {
    model = "DP-9871"
    mac   = "00:1A:2B:3C:4D:5E"
  }
}
