"""The yardstick: the newest 5,000 hourly candles of one coin from the same table, as a FastAPI service would be written."""

import os

import orjson
import psycopg_pool
from fastapi import FastAPI, Response

pool = psycopg_pool.ConnectionPool(os.environ["BENCH_CONNINFO"], min_size=1, max_size=1)
app = FastAPI()
QUERY = """SELECT ts, open, high, low, close, volume FROM (SELECT b.* FROM crypto_hourly_bars b JOIN symbols s ON s.id = b.symbol_id
           WHERE s.symbol = %s AND s.is_active ORDER BY ts DESC LIMIT 5000) newest ORDER BY ts"""
NAMES = ("timestamp", "open", "high", "low", "close", "volume")


@app.get("/api/market-data/crypto/candles")
def candles(symbol: str):
    with pool.connection() as connection:
        rows = connection.cursor(binary=True).execute(QUERY, (symbol,)).fetchall()
    candles = [dict(zip(NAMES, row)) for row in rows]
    return Response(orjson.dumps(candles, option=orjson.OPT_UTC_Z), media_type="application/json")
