import {
  to = ciscophone_enrollment.reception
  id = "http://10.0.0.17/"
}
