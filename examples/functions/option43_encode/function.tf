# With a challenge_password the value is a secret, and whatever takes it keeps it
# in the state.
output "option43" {
  value = provider::ciscophone::option43_encode({
    scep_server         = "http://scep.example.net/scep"
    root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
    enable_802_1x       = true
    certificate_select  = "Custom installed"
  })
}
