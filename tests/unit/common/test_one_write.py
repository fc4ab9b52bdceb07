import asyncio

import pytest

from novalgo_common.one_write import LARGEST, OneWrite

pytestmark = pytest.mark.anyio


class FakeTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[bytes | str] = []
        self.has_lost_its_peer = False

    def is_closing(self) -> bool:
        return self.has_lost_its_peer

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        if self.has_lost_its_peer:
            raise RuntimeError("the handler is closed")  # as uvloop says
        self.said.append(data)

    def close(self) -> None:
        self.said.append("closed")

    def abort(self) -> None:
        self.said.append("aborted")

    def get_write_buffer_size(self) -> int:
        return 0


@pytest.fixture
async def both() -> tuple[OneWrite, FakeTransport]:
    transport = FakeTransport()
    return OneWrite(transport, asyncio.get_running_loop()), transport


async def test_what_is_written_in_one_turn_leaves_together(
    both: tuple[OneWrite, FakeTransport],
) -> None:
    joined, transport = both
    joined.write(b"head ")
    joined.writelines([b"body", bytearray(b"!")])
    assert (transport.said, joined.get_write_buffer_size()) == ([], 10)

    await asyncio.sleep(0)
    joined.write(b"next")
    await asyncio.sleep(0)

    assert transport.said == [b"head body!", b"next"]
    assert joined.get_write_buffer_size() == 0


async def test_what_is_written_before_the_end_leaves_before_it(
    both: tuple[OneWrite, FakeTransport],
) -> None:
    joined, transport = both
    joined.write(b"last words")
    joined.close()
    await asyncio.sleep(0)

    assert transport.said == [b"last words", "closed"]


async def test_an_abort_says_nothing_more(both: tuple[OneWrite, FakeTransport]) -> None:
    joined, transport = both
    joined.write(b"never said")
    joined.abort()
    await asyncio.sleep(0)

    assert transport.said == ["aborted"]


async def test_much_does_not_wait(both: tuple[OneWrite, FakeTransport]) -> None:
    joined, transport = both
    joined.write(bytes(LARGEST))

    assert transport.said == [bytes(LARGEST)]


async def test_nothing_is_said_to_a_peer_that_has_gone(
    both: tuple[OneWrite, FakeTransport],
) -> None:
    joined, transport = both
    joined.write(b"never heard")
    transport.has_lost_its_peer = True

    joined.close()

    assert transport.said == ["closed"]
    assert joined.get_write_buffer_size() == 0
