# The file starts from the administrator's own, and goes when the phone goes.
resource "ciscophone_config" "lobby" {
  path          = "lobby.xml"
  template_file = "/srv/templates/phone.xml"

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"

  on_destroy = "delete"
}
