terraform {
  required_providers {
    ciscophone = {
      source  = "phonecfg/ciscophone"
      version = "~> 0.1"
    }
  }
}

variable "ndes_password" {
  type      = string
  ephemeral = true
  sensitive = true
}

ephemeral "ciscophone_scep_challenge" "ndes" {
  ndes_url      = "https://ndes.example.net/certsrv/mscep_admin/"
  ndes_username = "EXAMPLE\\ndes-reader"
  ndes_password = var.ndes_password
  ndes_auth     = "ntlm"
  ndes_ca_file  = "/etc/ciscophone/web-ca.pem"
}

resource "ciscophone_config" "reception" {
  path                  = "SEP001A2B3C4D5E.xml"
  scep_server           = "http://ndes.example.net/certsrv/mscep/mscep.dll"
  root_ca_fingerprint   = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_wo = ephemeral.ciscophone_scep_challenge.ndes.challenge_password
}
