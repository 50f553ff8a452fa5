<?php
// The same answer as the product's own hourly candles, written as one would in PHP. The session with Postgres is kept.
$db = pg_pconnect(getenv('DATABASE_URL'));
$limit = min(5000, max(1, (int) ($_GET['limit'] ?? 5000)));
$symbol = pg_fetch_row(pg_query_params(
    $db, "SELECT id FROM symbols WHERE symbol = $1 AND asset_type = 'CRYPTO' AND is_active", [$_GET['symbol'] ?? '']));
if (!$symbol) {
    http_response_code(404);
    exit;
}
$rows = pg_query_params(
    $db, "SELECT to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), open, high, low, close, volume
          FROM crypto_hourly_bars WHERE symbol_id = $1 ORDER BY ts DESC LIMIT $2", [$symbol[0], $limit]);
$bars = [];
while ($row = pg_fetch_row($rows)) {
    $bars[] = [
        'timestamp' => $row[0], 'open' => (float) $row[1], 'high' => (float) $row[2], 'low' => (float) $row[3],
        'close' => (float) $row[4], 'volume' => (float) $row[5],
    ];
}
header('Content-Type: application/json');
echo json_encode(array_reverse($bars));
