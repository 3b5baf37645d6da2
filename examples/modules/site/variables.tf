# SPDX-License-Identifier: MPL-2.0

variable "site" {
  description = "Short name of the site: the folder of its phones' files in the store, and a part of their common names."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$", var.site))
    error_message = "Want 1 to 16 lower case letters, digits and hyphens: the site is part of file names and of certificates."
  }
}

variable "phones" {
  description = "The phones of the site. csvdecode(file(\"phones.csv\")) gives such a list."
  type = list(object({
    mac          = string           # in any usual form
    model        = string           # DP-9841, DP-9851, DP-9861, DP-9871 or CP-8875
    station_name = optional(string) # shown on the phone
  }))
}

variable "template_file" {
  description = "Absolute path of the file that all phones start from; null to put the parameters into the files that the store has."
  type        = string
  default     = null
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
  description = "Domain below which the phones' common names are: MAC.SITE.DOMAIN."
  type        = string
}

variable "parameters" {
  description = "Further parameters of all phones of the site, by their element name."
  type        = map(string)
  default     = {}
}

variable "records" {
  description = "What CAs and RADIUS servers recorded, such as \"pem:/var/lib/ca/certs\" and \"freeradius:/var/log/freeradius/phones.csv\". Empty: the phones are not judged."
  type        = list(string)
  default     = []
}
