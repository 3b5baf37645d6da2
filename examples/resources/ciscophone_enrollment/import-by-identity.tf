import {
  to = ciscophone_enrollment.reception
  identity = {
    phone_url = "http://10.0.0.17/"
  }
}
