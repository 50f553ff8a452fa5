"""The same answer as the product's own hourly candles, written as one would in FastAPI for speed: on asyncpg, without a model
to validate, and by pydantic's own writer of JSON, four times as quick as Python's."""

import os
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import Response
from pydantic_core import to_json


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Written for libpq, as pairs of a key and a value; asyncpg has no reader of that.
    server = dict(pair.split("=", 1) for pair in shlex.split(os.environ["DATABASE_URL"]))
    async with asyncpg.create_pool(
        host=server["host"], user=server["user"], database=server["dbname"], min_size=1, max_size=4
    ) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/market-data/crypto/candles")
async def candles(symbol: str, interval: str = "1h", limit: int = Query(5000, ge=1, le=5000)) -> Response:
    async with app.state.pool.acquire() as connection:
        found = await connection.fetchval(
            "SELECT id FROM symbols WHERE symbol = $1 AND asset_type = 'CRYPTO' AND is_active", symbol)
        if found is None:
            raise HTTPException(404)
        rows = await connection.fetch(
            "SELECT ts AT TIME ZONE 'UTC', open, high, low, close, volume FROM crypto_hourly_bars"
            " WHERE symbol_id = $1 ORDER BY ts DESC LIMIT $2", found, limit)
    bars = [
        {"timestamp": f"{time.isoformat()}Z", "open": o, "high": h, "low": low, "close": c, "volume": v}
        for time, o, h, low, c, v in reversed(rows)
    ]
    return Response(to_json(bars), media_type="application/json")
