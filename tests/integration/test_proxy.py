"""The proxy of the chaos runs does to a stream of bytes what it says, and nothing else."""

import asyncio
import time

import pytest

from shared.local.data import reserve_port
from tests.chaos.proxy import Proxy

SENT = bytes(range(256)) * 400


@pytest.fixture
async def proxy(tmp_path):
    """A proxy before a server that sends back what it gets."""

    async def echo(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    ports = [reserve_port(tmp_path, name, 18400) for name in ("proxy", "server")]
    server = await asyncio.start_server(echo, "127.0.0.1", ports[1].number)
    proxy = Proxy(ports[0].number, ports[1].number, seed=1)
    await proxy.start()
    yield proxy
    await proxy.stop()
    server.close()
    for port in ports:
        port.release()


async def sent(proxy, data=SENT, seconds=5.0):
    """What comes back until the end of the stream; what came before a reset, and whether it was one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    back = bytearray()
    try:
        async with asyncio.timeout(seconds):
            writer.write(data)
            writer.write_eof()
            while part := await reader.read(65536):
                back += part
    except ConnectionError:
        return bytes(back), True
    finally:
        writer.close()
    return bytes(back), False


async def test_in_fair_weather_every_byte_comes_back(proxy):
    assert await sent(proxy) == (SENT, False)


async def test_a_delay_changes_no_byte(proxy):
    proxy.turn("delay")
    began = time.monotonic()
    assert await sent(proxy, SENT) == (SENT, False)
    assert time.monotonic() - began > 0.1
    assert proxy.done["delayed"] > 1


async def test_a_cut_ends_in_mid_stream_with_a_reset(proxy):
    proxy.turn("cut")
    back, reset = await sent(proxy)
    assert reset
    assert SENT.startswith(back)
    assert len(back) < len(SENT)
    assert proxy.done["cut"] >= 1


async def test_a_reset_hits_connections_that_are_open(proxy):
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"here")
    assert await reader.readexactly(4) == b"here"
    proxy.reset()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(reader.readexactly(1), 5)
    writer.close()
    assert await sent(proxy) == (SENT, False)


async def test_a_hole_holds_everything_back_until_it_closes(proxy):
    proxy.turn("hole")
    waiting = asyncio.create_task(sent(proxy))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    proxy.turn("fair")
    assert await waiting == (SENT, False)


async def test_a_server_that_is_away_is_a_reset(tmp_path):
    ports = [reserve_port(tmp_path, name, 18400) for name in ("proxy", "nobody")]
    proxy = Proxy(ports[0].number, ports[1].number, seed=1)
    await proxy.start()
    try:
        assert await sent(proxy) == (b"", True)
    finally:
        await proxy.stop()
        for port in ports:
            port.release()
