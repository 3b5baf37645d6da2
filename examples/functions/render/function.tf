output "minimal" {
  value = provider::ciscophone::render({
    CDC_Server_1_              = "http://scep.example.net/scep"
    CDC_Root_CA_Fingerprint_1_ = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  })
}
