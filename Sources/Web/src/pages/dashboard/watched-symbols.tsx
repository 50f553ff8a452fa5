import type { Watched } from "../../api/watchlist";
import { usualSpan } from "../../lib/recent";
import { symbolPath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { PricesAsOf } from "../../ui/prices-as-of";
import { Change, Last, Spark, SymbolName } from "../../ui/spark";
import { Widget, type WidgetProps } from "./widget";

/** As many as fit beside the rest; the list itself is in the markets. */
const maximum = 10;
const listPath = "/markets?view=watchlist";

export const WatchedSymbols = (props: WidgetProps<readonly Watched[]>): JSX.Element => (
    <Widget
        {...props}
        title="Watchlist"
        fault="Your watchlist did not load."
        actions={<Link href={listPath}>Edit</Link>}
    >
        {(symbols) =>
            symbols.length === 0 ? (
                <p className="dim">
                    Nothing here yet. Press the star beside a symbol in <Link href="/markets">Markets</Link>.
                </p>
            ) : (
                <>
                    <ul className="watched" aria-label={`Watchlist: last price and change over ${usualSpan}`}>
                        <li aria-hidden="true" className="watched-head">
                            <span>Last</span>
                            <span>{usualSpan}</span>
                        </li>
                        {symbols.slice(0, maximum).map(({ symbol, name, prices }) => (
                            <li key={symbol}>
                                <Link href={symbolPath(symbol)}>
                                    <SymbolName symbol={symbol} name={name} />
                                    <Spark prices={prices} />
                                    <Last prices={prices} />
                                    <Change prices={prices} />
                                </Link>
                            </li>
                        ))}
                    </ul>
                    {symbols.length > maximum && (
                        <p className="dim">
                            <Link href={listPath}>All {symbols.length} symbols</Link>
                        </p>
                    )}
                    <PricesAsOf newest={symbols.flatMap(({ prices }) => prices.asOf ?? [])} />
                </>
            )
        }
    </Widget>
);
