import { useMemo } from "react";
import { listKey, symbolList } from "../../api/resources";
import type { SymbolList, SymbolSummary } from "../../api/symbols";
import type { AssetType } from "../../lib/bars";
import { symbolPath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { PricesSlot } from "../../ui/prices-as-of";
import { useRecentPrices } from "../../ui/spark";
import { type Column, Table } from "../../ui/table/table";
import { useResource } from "../../ui/use-resource";
import type { Watchlist } from "../../ui/use-watchlist";
import { columns, type Row } from "./columns";
import { starColumn } from "./star-column";

interface Props {
    readonly kind: AssetType | null;
    /** Null for visitors, who have none. */
    readonly watchlist: Watchlist | null;
}

/** Every symbol of a kind, in ticker order until the reader sorts. */
export function AllSymbols({ kind, watchlist }: Props): JSX.Element {
    const [list, retry] = useResource<SymbolList>(listKey("", kind), () => symbolList("", kind));
    if (list.state === "loading") return <Skeleton label="Loading the symbols" lines={8} className="card" />;
    if (list.state === "failed")
        return <FailureNotice what="The symbols did not load." error={list.error} retry={retry} />;
    if (list.value.symbols.length === 0) {
        return (
            <EmptyNotice title="No symbols yet.">
                An operator can <Link href="/data/import">import a file</Link> of prices or have some{" "}
                <Link href="/data/sources">fetched</Link>.
            </EmptyNotice>
        );
    }
    return <Symbols list={list.value} watchlist={watchlist} />;
}

type ListedRow = Row & Pick<SymbolSummary, "exchange" | "currency">;

const listed: readonly Column<ListedRow>[] = [
    { key: "exchange", title: "Exchange", isHidden: true, value: ({ exchange }) => exchange },
    { key: "currency", title: "Currency", isHidden: true, value: ({ currency }) => currency },
];

function Symbols({ list, watchlist }: { list: SymbolList; watchlist: Watchlist | null }): JSX.Element {
    const [recentOf, { hasFailed, retry }] = useRecentPrices(list.symbols);
    const rows: readonly ListedRow[] = list.symbols.map((symbol) => ({ ...symbol, recent: recentOf(symbol.symbol) }));
    const shown = useMemo(
        (): readonly Column<ListedRow>[] => [...columns, ...listed, ...(watchlist ? [starColumn(watchlist)] : [])],
        [watchlist],
    );
    return (
        <>
            {hasFailed && <PricesFailed retry={retry} />}
            <PricesSlot newest={newestDays(rows)} isLoading={isLoading(rows)} />
            <Card isFlush className="markets">
                <Table
                    label="Symbols"
                    testID="symbols"
                    rows={rows}
                    columns={shown}
                    rowKey={({ symbol }) => symbol}
                    rowHref={({ symbol }) => symbolPath(symbol)}
                    pageSize={50}
                    filter="Filter by ticker or name"
                    csvName="symbols"
                    noun="symbol"
                />
                {list.hasMore && (
                    <p className="table-note">
                        These are the first {list.symbols.length} symbols. Search (Ctrl K) finds the others.
                    </p>
                )}
            </Card>
        </>
    );
}

/** The newest bar of every row whose prices are here. */
export const newestDays = (rows: readonly Row[]): readonly number[] =>
    rows.flatMap(({ recent }) => (recent.state === "ready" && recent.prices.asOf !== null ? [recent.prices.asOf] : []));

export const isLoading = (rows: readonly Row[]): boolean => rows.some(({ recent }) => recent.state === "loading");

const PricesFailed = ({ retry }: { retry: () => void }): JSX.Element => (
    <FailureNotice
        what="Some prices did not load."
        error={new Error("The rest of the list is complete.")}
        retry={retry}
    />
);
