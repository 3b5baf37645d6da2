resource "ciscophone_config" "reception" {
  path = "SEP001A2B3C4D5E.xml"

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"

  phone = {
    model = "DP-9871"
    mac   = "00:1A:2B:3C:4D:5E"
  }
}

# Waits until the phone holds the certificate that the file makes it request.
resource "ciscophone_enrollment" "reception" {
  phone_url           = "http://10.0.0.17/"
  root_ca_fingerprint = ciscophone_config.reception.root_ca_fingerprint
  common_name         = ciscophone_config.reception.certificate_common_name
  enrollment_id       = ciscophone_config.reception.enrollment_id

  timeouts = {
    create = "2m"
    update = "2m"
  }
}
