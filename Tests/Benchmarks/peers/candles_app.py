"""The same answer as the product's own hourly candles, written as one would in FastAPI, without a model to validate."""

import os

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import JSONResponse
from psycopg_pool import ConnectionPool

app = FastAPI()
pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=4, open=True)


@app.get("/api/market-data/crypto/candles")
def candles(symbol: str, interval: str = "1h", limit: int = Query(5000, ge=1, le=5000)) -> JSONResponse:
    with pool.connection() as connection, connection.cursor(binary=True) as cursor:
        cursor.execute("SELECT id FROM symbols WHERE symbol = %s AND asset_type = 'CRYPTO' AND is_active", (symbol,))
        found = cursor.fetchone()
        if found is None:
            raise HTTPException(404)
        cursor.execute(
            "SELECT ts AT TIME ZONE 'UTC', open, high, low, close, volume FROM crypto_hourly_bars"
            " WHERE symbol_id = %s ORDER BY ts DESC LIMIT %s",
            (found[0], limit),
        )
        rows = cursor.fetchall()
    rows.reverse()
    return JSONResponse(
        [
            {"timestamp": f"{time.isoformat()}Z", "open": o, "high": h, "low": low, "close": c, "volume": v}
            for time, o, h, low, c, v in rows
        ]
    )
