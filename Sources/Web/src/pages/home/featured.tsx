import { listKey, recentBars, recentKey, symbolList } from "../../api/resources";
import type { SymbolList, SymbolSummary } from "../../api/symbols";
import type { BarPage } from "../../lib/bar-history";
import { counted, decimal, direction, directionMark, priceDigits, signedPercent } from "../../lib/format";
import { symbolPath } from "../../lib/routes";
import { sparkline } from "../../lib/sparkline";
import { writtenTime } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { useResource } from "../../ui/use-resource";

const width = 560;
const height = 180;

/** The first stored symbol as a picture that leads to its chart. Nothing at all while none is stored or reached. */
export function Featured(): JSX.Element | null {
    const [list] = useResource<SymbolList>(listKey("", null), () => symbolList("", null));
    if (list.state === "loading") return <div className="card featured" aria-hidden="true" />;
    const first = list.state === "ready" ? list.value.symbols.find((symbol) => symbol.intervals.length > 0) : undefined;
    return first ? <FeaturedSymbol symbol={first} /> : null;
}

function FeaturedSymbol({ symbol }: { symbol: SymbolSummary }): JSX.Element {
    const interval = symbol.intervals[0] ?? "1d";
    const [page] = useResource<BarPage>(recentKey(symbol.symbol, interval), () =>
        recentBars(symbol.symbol, symbol.assetType, interval),
    );
    const bars = page.state === "ready" ? page.value.bars : null;
    const count = bars?.time.length ?? 0;
    const first = bars?.close[0] ?? 0;
    const last = bars?.close[count - 1] ?? 0;
    const way = direction(last - first);
    const line = bars ? sparkline(bars.close, width, height - 16) : "";
    return (
        <Link href={`${symbolPath(symbol.symbol)}?overlays=sma.20.close,ema.50.close`} className="card featured">
            <span className="featured-head">
                <b>{symbol.symbol}</b>
                {symbol.name !== null && <span className="dim">{symbol.name}</span>}
                {count > 1 && (
                    <>
                        <b className="featured-last">{decimal(last, priceDigits(last))}</b>
                        <span className={way}>
                            {directionMark[way]} {signedPercent(last / first - 1)}
                        </span>
                    </>
                )}
            </span>
            {line !== "" && (
                <svg className={way} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
                    <path
                        className="featured-area"
                        d={`${line}L${width} ${height}L0 ${height}Z`}
                        transform="translate(0 8)"
                    />
                    <path className="featured-line" d={line} transform="translate(0 8)" />
                </svg>
            )}
            {bars && count > 1 && (
                <span className="featured-foot dim">
                    {counted(count, "bar")} to {writtenTime(bars.time[count - 1]!, interval)}
                </span>
            )}
        </Link>
    );
}
