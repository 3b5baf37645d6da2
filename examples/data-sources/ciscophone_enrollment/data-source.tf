data "ciscophone_enrollment" "reception" {
  phone_url           = "http://10.0.0.17/"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
}

# Warns in every plan while the phone does not hold the right certificate.
check "reception" {
  assert {
    condition     = data.ciscophone_enrollment.reception.verified
    error_message = join(" ", data.ciscophone_enrollment.reception.problems)
  }
}
