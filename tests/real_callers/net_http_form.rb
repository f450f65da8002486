# encoding: @ENCODING@
require "net/http"

fields = '@QUERY@'.split("&").map { |pair| pair.strip.split("=", 2) }
address = URI("@ADDRESS@")
post = Net::HTTP::Post.new(address)
post.set_form(fields, "multipart/form-data")
Net::HTTP.start(address.host, address.port) { |http| print http.request(post).body }
