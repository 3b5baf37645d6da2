resource "ciscophone_fleet" "amsterdam" {
  inventory = <<-EOT
    mac,model
    00:1A:2B:3C:4D:5E,DP-9871
    00:1A:2B:3C:4D:5F,DP-9841
    00:1A:2B:3C:4D:60,CP-8875
  EOT

  template_file           = "/srv/templates/phone.xml"
  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
  common_name             = "$MAU.example.net"
}

# Waits until the CA has issued the certificates that the files make the phones
# request. The provider block says where its records are: evidence.
resource "ciscophone_fleet_enrollment" "amsterdam" {
  enrollments = ciscophone_fleet.amsterdam.enrollments
  share       = 0.98
  backdating  = "10m"

  timeouts = {
    create = "1h"
    update = "1h"
  }
}
