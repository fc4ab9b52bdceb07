"""What a client has asked so far, for whoever wants to know what an order costs in requests."""

from collections import Counter

_COLLECTIONS = ("/v2/orders/", "/v2/positions/", "/v2/assets/")


class RequestCounts:
    """Requests by method and path, ids and symbols left out."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, method: str, path: str) -> None:
        self._counts[f"{method} {_kind(path)}"] += 1

    def all_of_them(self) -> dict[str, int]:
        return dict(self._counts)


def _kind(path: str) -> str:
    """Return `/v2/orders/*` for the path of any one order."""
    for collection in _COLLECTIONS:
        if path.startswith(collection):
            return f"{collection}*"
    return path
