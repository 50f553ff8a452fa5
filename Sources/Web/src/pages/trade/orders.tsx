/* Every order of the running account, by status and symbol: which ones, the address says. */
import { type Order, orderStatusWords } from "api-types";
import { type OrderFilter, ordersKey, readOrders } from "../../api/trading";
import { tickerIn } from "../../lib/ticker";
import { statusWords } from "../../lib/trading/words";
import { navigate, useQuery } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { LoadMore } from "./load-more";
import { OrderTable } from "./order-table";
import { Reading } from "./reading";
import { usePages } from "./use-pages";

/** What an address says that can be meant. `of` is the symbol; the ticket has a field of that name. */
function filterIn(query: string): OrderFilter {
    const written = new URLSearchParams(query);
    return {
        status: orderStatusWords.find((status) => status === written.get("status")) ?? null,
        symbol: tickerIn(written.get("of") ?? ""),
    };
}

function setFilter({ status, symbol }: OrderFilter): void {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of [["status", status], ["of", symbol]] as const)
        if (value === null) query.delete(name);
        else query.set(name, value);
    navigate(`${location.pathname}?${query}`);
}

/** `symbols`: those of the positions, to choose from beside those of the orders. */
export function Orders({ symbols }: { symbols: readonly string[] }): JSX.Element {
    const filter = filterIn(useQuery());
    const pages = usePages<Order>(ordersKey(filter), (offset) => readOrders(filter, offset));
    const known = [...symbols, ...pages.rows.map(({ symbol }) => symbol), ...(filter.symbol ? [filter.symbol] : [])];
    return (
        <>
            <div className="run-filters" role="group" aria-label="Which orders">
                <label className="inline-field">
                    Status
                    <select
                        value={filter.status ?? ""}
                        onChange={(event) =>
                            setFilter({ ...filter, status: orderStatusWords.find((word) => word === event.target.value) ?? null })
                        }
                    >
                        <option value="">All</option>
                        {orderStatusWords.map((status) => (
                            <option key={status} value={status}>
                                {statusWords[status]}
                            </option>
                        ))}
                    </select>
                </label>
                <label className="inline-field">
                    Symbol
                    <select
                        value={filter.symbol ?? ""}
                        onChange={(event) => setFilter({ ...filter, symbol: event.target.value || null })}
                    >
                        <option value="">All</option>
                        {[...new Set(known)].sort().map((symbol) => (
                            <option key={symbol}>{symbol}</option>
                        ))}
                    </select>
                </label>
            </div>
            <Reading found={pages.found} reload={pages.reload} what="your orders">
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="No orders here yet.">What the ticket sends is listed here, refused orders too.</EmptyNotice>
                    ) : (
                        <OrderTable label="All orders" orders={pages.rows} csvName="orders" testID="orders" />
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="orders" />
        </>
    );
}
