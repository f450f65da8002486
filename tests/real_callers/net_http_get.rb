# encoding: @ENCODING@
require "net/http"

# The library refuses line breaks.
target = '@TARGET@'.gsub("\n", "%0A")
Net::HTTP.start("@HOST@", @PORT@) { |http| print http.get(target).body }
