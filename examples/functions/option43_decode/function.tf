# What a DHCP server sends now; with a challenge in it, wrap it in sensitive().
output "option43_server" {
  value = provider::ciscophone::option43_decode("0b0b31302e37392e35372e39310c1412040870625C5B755D73F5925285F8F5FF5D55AF").scep_server
}
