-- A bar that stands where a split would have put it is stored before the bars before it are restated: until they are, or
-- somebody says that it was none, nothing is traded at prices of other units than accounts hold (Sources/App/MarketData/
-- TradedSeries.swift).
ALTER TABLE bar_series ADD COLUMN trades_until timestamptz;

COMMENT ON COLUMN bar_series.trades_until IS 'Start of the last bar that prices and fills anything, where later ones look like those after a split that it was not restated for; null: the last';

-- Orders and alerts meet then what they had to leave out.
CREATE TRIGGER bar_series_fills_freed AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND OLD.trades_until < coalesce(NEW.trades_until, 'infinity'))
    EXECUTE FUNCTION queue_order_fills();
CREATE TRIGGER bar_series_alerts_freed AFTER UPDATE ON bar_series
    FOR EACH ROW WHEN (NEW.count > 0 AND OLD.trades_until < coalesce(NEW.trades_until, 'infinity'))
    EXECUTE FUNCTION queue_alert_checks();
