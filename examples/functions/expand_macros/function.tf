# 001A2B3C4D5E.example.net
output "expanded" {
  value = provider::ciscophone::expand_macros("$MAU.example.net", "DP-9871", "00:1A:2B:3C:4D:5E")
}
