<?php
// The yardstick: the newest 5,000 hourly candles of one coin from the same table, as PHP would be written.
$db = new PDO(getenv('BENCH_PDO') ?: $_SERVER['BENCH_PDO'], null, null, [PDO::ATTR_PERSISTENT => true]);
$query = $db->prepare(
    'SELECT ts, open, high, low, close, volume FROM (SELECT b.* FROM crypto_hourly_bars b JOIN symbols s ON s.id = b.symbol_id
     WHERE s.symbol = ? AND s.is_active ORDER BY ts DESC LIMIT 5000) newest ORDER BY ts');
$query->execute([$_GET['symbol']]);
$candles = [];
foreach ($query->fetchAll(PDO::FETCH_NUM) as [$time, $open, $high, $low, $close, $volume]) {
    $candles[] = [
        'timestamp' => gmdate('Y-m-d\TH:i:s\Z', strtotime($time)), 'open' => (float) $open, 'high' => (float) $high,
        'low' => (float) $low, 'close' => (float) $close, 'volume' => (float) $volume,
    ];
}
header('Content-Type: application/json');
echo json_encode($candles);
