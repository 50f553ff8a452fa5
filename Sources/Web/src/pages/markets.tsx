import "../shared";
import { useMemo } from "react";
import { listKey, symbolList } from "../api/resources";
import type { SymbolList, SymbolSummary } from "../api/symbols";
import type { AssetType } from "../lib/bars";
import { symbolPath } from "../lib/routes";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { RecentCells, useRecent, useRowElement } from "../ui/spark";
import { useResource } from "../ui/use-resource";

const kinds: readonly { readonly name: string; readonly value: AssetType | null; readonly inAddress: string }[] = [
    { name: "All", value: null, inAddress: "" },
    { name: "Equities", value: "EQUITY", inAddress: "?type=equity" },
    { name: "Crypto", value: "CRYPTO", inAddress: "?type=crypto" },
];

/** Every symbol with stored prices. */
export default function Markets(): JSX.Element {
    const query = useQuery();
    const kind = useMemo(() => kindOf(query), [query]);
    const [list, retry] = useResource<SymbolList>(listKey("", kind), () => symbolList("", kind));
    return (
        <div className="page">
            <div className="page-head">
                <div>
                    <PageHeading title="Markets · BitStockerz">Markets</PageHeading>
                    <p className="sub">Every symbol with prices on this server. Open one for its chart.</p>
                </div>
                <div className="segment" role="group" aria-label="Kind of symbol">
                    {kinds.map(({ name, value, inAddress }) => (
                        <button
                            key={name}
                            type="button"
                            aria-pressed={value === kind}
                            onClick={() => navigate(`/markets${inAddress}`)}
                        >
                            {name}
                        </button>
                    ))}
                </div>
            </div>
            {list.state === "loading" && <Skeleton label="Loading the symbols" lines={8} className="card" />}
            {list.state === "failed" && (
                <FailureNotice what="The symbols could not be loaded." error={list.error} retry={retry} />
            )}
            {list.state === "ready" && <Symbols list={list.value} />}
        </div>
    );
}

function kindOf(query: string): AssetType | null {
    const type = new URLSearchParams(query).get("type");
    return type === "equity" ? "EQUITY" : type === "crypto" ? "CRYPTO" : null;
}

function Symbols({ list }: { list: SymbolList }): JSX.Element {
    if (list.symbols.length === 0) {
        return (
            <EmptyNotice title="No symbols yet.">
                Import a file of prices with{" "}
                <code>bitstockerz import --symbol AAPL --asset-type EQUITY --timeframe 1d FILE</code>.
            </EmptyNotice>
        );
    }
    return (
        <section className="card card-flush" aria-label="Symbols">
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Symbols table">
                <table className="symbols" data-testid="symbols">
                    <thead>
                        <tr>
                            <th scope="col">Symbol</th>
                            <th scope="col" className="wide">
                                Kind
                            </th>
                            <th scope="col" className="wide">
                                Bars
                            </th>
                            <th scope="col" className="spark-cell">
                                90 bars
                            </th>
                            <th scope="col" className="number">
                                Last
                            </th>
                            <th scope="col" className="number">
                                1 bar
                            </th>
                            <th scope="col" className="number as-of">
                                As of
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {list.symbols.map((symbol) => (
                            <SymbolRow key={symbol.symbol} symbol={symbol} />
                        ))}
                    </tbody>
                </table>
            </div>
            {list.hasMore && (
                <p className="table-note">The first {list.symbols.length} symbols. Search above finds the others.</p>
            )}
        </section>
    );
}

function SymbolRow({ symbol }: { symbol: SymbolSummary }): JSX.Element {
    const row = useRowElement();
    const recent = useRecent(symbol, row);
    return (
        <tr ref={row}>
            <th scope="row">
                <Link href={symbolPath(symbol.symbol)} className="row-link">
                    <b>{symbol.symbol}</b>
                    {symbol.name !== null && <span>{symbol.name}</span>}
                </Link>
            </th>
            <td className="wide dim">{symbol.assetType === "EQUITY" ? "Equity" : "Crypto"}</td>
            <td className="wide dim">{symbol.intervals.join(", ")}</td>
            <RecentCells symbol={symbol} recent={recent} />
        </tr>
    );
}
