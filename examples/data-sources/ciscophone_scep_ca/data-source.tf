# Fails where a phone would fail: no answer, a redirect, another root.
data "ciscophone_scep_ca" "phones" {
  scep_server         = "http://scep.example.net/scep"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
}

output "root" {
  description = "For the RADIUS server's list of trusted CAs."
  value       = data.ciscophone_scep_ca.phones.root_pem
}
