"""Exits with 0 when the service of this container is ready; else says why it is not, and with 1.

Docker runs it every few seconds, so it imports little.
"""

import os
import sys
from http.client import HTTPConnection

PORTS = {"ingest": 8080, "executor": 8081, "sheets": 8082, "analytics": 8083, "simulator": 8090}
SECONDS = 3


def main() -> int:
    service = os.environ["SERVICE"]
    port = int(os.environ.get(f"NOVALGO_{service.upper()}_PORT") or PORTS[service])
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except OSError as error:
        sys.stdout.write(f"{service} does not answer: {error}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
