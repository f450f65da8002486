# coding: @ENCODING@
import sys

import requests

sys.stdout.buffer.write(requests.get("""@URL@""").content)
