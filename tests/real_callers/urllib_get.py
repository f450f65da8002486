# coding: @ENCODING@
import sys
from urllib.parse import quote
from urllib.request import urlopen

# The library refuses spaces and accents.
url = quote("""@URL@""", safe=":/?&=", encoding="@ENCODING@")
sys.stdout.buffer.write(urlopen(url).read())
