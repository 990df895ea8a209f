"""Many clients at a time: `crowd.py URL CLIENTS REQUESTS PATH...`. Prints errors, requests a second, waiting times."""

import asyncio
import sys
import time

import aiohttp

SIMPLE = "application/vnd.pypi.simple.v1+json"


async def main(url: str, clients: int, requests: int, paths: list[str]) -> None:
    """Ask for the paths in turn, `clients` at a time, each with a connection of its own."""
    waited: list[float] = []
    errors: list[str] = []
    numbers = iter(range(requests))

    async def client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            path = paths[number % len(paths)]
            begun = time.perf_counter()
            headers = {"Accept": SIMPLE if path.startswith("/simple") else "application/json"}
            try:
                async with session.get(url + path, headers=headers) as answer:
                    await answer.read()
                    if answer.status != 200:
                        errors.append(f"{path} {answer.status}")
            except (aiohttp.ClientError, TimeoutError) as error:
                errors.append(f"{path} {error}")
            waited.append(time.perf_counter() - begun)

    connector = aiohttp.TCPConnector(limit=clients)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        begun = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(clients)))
        wall = time.perf_counter() - begun
    waited.sort()
    half, most = waited[len(waited) // 2] * 1000, waited[int(len(waited) * 0.99)] * 1000
    print(
        f"{requests} requests, {len(errors)} errors, {requests / wall:.0f} req/s, p50 {half:.0f} ms, p99 {most:.0f} ms"
    )
    for error in errors[:3]:
        print(error, file=sys.stderr)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
