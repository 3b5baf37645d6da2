# SPDX-License-Identifier: MPL-2.0

variable "store" {
  description = "Where the phones' files are: an absolute directory, or the URL of a web server that accepts PUT."
  type        = string
}

variable "scep_server" {
  description = "Address of the SCEP server: an http:// URL or an IP address. The phone does not support HTTPS."
  type        = string
}

variable "root_ca_fingerprint" {
  description = "SHA-1 or SHA-256 fingerprint of the SCEP server's root CA, in hexadecimal."
  type        = string
}

variable "challenge_password_file" {
  description = "Absolute path of a file that holds the challenge password; null to enroll by the phones' factory certificates."
  type        = string
  default     = null
}

variable "domain" {
  description = "Domain after the factory certificate's name in the common name; empty for none."
  type        = string
  default     = ""
}

variable "wait" {
  description = "How long to wait for each phone's certificate."
  type        = string
  default     = "2m"
}

variable "phones" {
  description = "The phones, by a name of your own."
  type = map(object({
    model         = string           # DP-9841, DP-9851, DP-9861, DP-9871 or CP-8875
    mac           = string           # in any usual form
    page          = string           # address of the phone's web page
    path          = string           # name of its file in the store
    template_file = optional(string) # absolute path of the file to start from
    common_name   = optional(string) # null: formed from the factory certificate's name
  }))
}
