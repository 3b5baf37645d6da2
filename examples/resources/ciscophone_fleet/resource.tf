resource "ciscophone_fleet" "amsterdam" {
  inventory = <<-EOT
    mac,model,site,Station_Name
    00:1A:2B:3C:4D:5E,DP-9871,amsterdam,Reception
    00:1A:2B:3C:4D:5F,DP-9841,amsterdam,Kitchen
    00:1A:2B:3C:4D:60,CP-8875,amsterdam,Board room
  EOT

  template_file           = "/srv/templates/phone.xml"
  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
  common_name             = "$MAU.{site}.example.net"

  parameters = {
    Certificate_Select = "Custom installed"
  }
}
