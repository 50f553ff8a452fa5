import { listKey, symbolDetails, symbolKey, symbolList } from "../../api/resources";
import type { SymbolDetails, SymbolList, SymbolSummary } from "../../api/symbols";
import { adjustmentInWords, spelled, whole } from "../../lib/format";
import { symbolPath } from "../../lib/routes";
import { isoDay } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";

/** Every stored series: what it covers, how many bars, where they come from. */
export function StoredData(): JSX.Element {
    const [list, retry] = useResource<SymbolList>(listKey("", null), () => symbolList("", null));
    return (
        <div className="card" role="group" aria-labelledby="stored-heading">
            <div className="card-head">
                <h3 id="stored-heading">Stored prices</h3>
                <Link href="/markets">All markets</Link>
            </div>
            {list.state === "loading" && <Skeleton label="Loading the list of stored prices" lines={6} />}
            {list.state === "failed" && (
                <FailureNotice what="The list of stored prices did not load." error={list.error} retry={retry} />
            )}
            {list.state === "ready" && list.value.symbols.length === 0 && (
                <EmptyNotice title="No prices are stored yet.">
                    Import a file with{" "}
                    <code>bitstockerz import --symbol AAPL --asset-type EQUITY --timeframe 1d FILE</code>.
                </EmptyNotice>
            )}
            {list.state === "ready" && list.value.symbols.length > 0 && <Table symbols={list.value.symbols} />}
        </div>
    );
}

/** Each symbol is a request of its own: a server with hundreds of them shows these, and the markets page the rest. */
const shown = 20;

const Table = ({ symbols }: { symbols: readonly SymbolSummary[] }): JSX.Element => (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of stored prices">
        <table data-testid="stored">
            <thead>
                <tr>
                    <th scope="col">Symbol</th>
                    <th scope="col">Interval</th>
                    <th scope="col">First</th>
                    <th scope="col">Last</th>
                    <th scope="col" className="number">
                        Bars
                    </th>
                    <th scope="col">Source</th>
                    <th scope="col">Adjustment</th>
                </tr>
            </thead>
            {symbols.slice(0, shown).map((symbol) => (
                <SymbolRows key={symbol.symbol} symbol={symbol} />
            ))}
        </table>
    </div>
);

function SymbolRows({ symbol }: { symbol: SymbolSummary }): JSX.Element {
    const [details, retry] = useResource<SymbolDetails>(symbolKey(symbol.symbol), () => symbolDetails(symbol.symbol));
    const name = <Link href={symbolPath(symbol.symbol)}>{symbol.symbol}</Link>;
    if (details.state !== "ready") {
        return (
            <tbody>
                <tr>
                    <th scope="row">{name}</th>
                    <td colSpan={6} className="dim">
                        {details.state === "loading" ? (
                            "Loading…"
                        ) : (
                            <>
                                Did not load.{" "}
                                <button type="button" aria-label={`Try again: ${symbol.symbol}`} onClick={() => retry()}>
                                    Try again
                                </button>
                            </>
                        )}
                    </td>
                </tr>
            </tbody>
        );
    }
    return (
        <tbody>
            {details.value.series.map((series) => (
                <tr key={series.interval}>
                    <th scope="row">{name}</th>
                    <td>{series.interval}</td>
                    <td>{isoDay(series.first)}</td>
                    <td>{isoDay(series.last)}</td>
                    <td className="number">{whole(series.bars)}</td>
                    <td className="dim">{series.provider ? spelled(series.provider) : "unknown"}</td>
                    <td className="dim">{series.adjustment ? adjustmentInWords(series.adjustment) : "unknown"}</td>
                </tr>
            ))}
        </tbody>
    );
}
