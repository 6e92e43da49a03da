"""Asks the portal of this container how it is; exits 0 when /sante/ answers 200."""

import os
import sys
from http.client import HTTPConnection, HTTPException

HOST = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]

try:
    connection = HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", "/sante/", headers={"Host": HOST})
    sys.exit(connection.getresponse().status != 200)
except (OSError, HTTPException) as error:
    sys.exit(str(error))
