import { decimal, noValue, priceDigits } from "../../lib/format";
import type { AssetType, Interval } from "../../lib/bars";
import { assetTypeNames } from "../../lib/kinds";
import { asOfInWords, recentCount, usualSpan } from "../../lib/recent";
import { AsOf, Change, Last, type Recent, Spark, SymbolName } from "../../ui/spark";
import type { Column } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";

export interface Row {
    readonly symbol: string;
    readonly name: string | null;
    readonly assetType: AssetType;
    readonly recent: Recent;
}

const pending = ({ recent }: Row): JSX.Element =>
    recent.state === "loading" ? (
        <span className="skeleton-line" role="presentation" />
    ) : (
        <span className="dim">Did not load</span>
    );

/** Of the closes that are drawn. */
function extreme(key: "highest" | "lowest", title: string, of: (...closes: number[]) => number): Column<Row> {
    const found = ({ recent }: Row): number | null =>
        recent.state === "ready" && recent.prices.closes.length > 0 ? of(...recent.prices.closes) : null;
    return {
        key,
        title,
        kind: "number",
        isHidden: true,
        explain: `The ${key} of the last ${recentCount} closes.`,
        value: found,
        cell: (row) => {
            const close = found(row);
            if (row.recent.state !== "ready") return pending(row);
            return close === null ? noValue : decimal(close, priceDigits(close));
        },
    };
}

const newest = ({ recent }: Row): number | null => (recent.state === "ready" ? recent.prices.asOf : null);
const intervalOf = ({ recent }: Row): Interval => (recent.state === "ready" ? recent.prices.interval : "1d");

/** What is known of a symbol's prices; the chart and the change go over the one span that their heading names. */
export const columns: readonly Column<Row>[] = [
    {
        key: "symbol",
        title: "Symbol",
        isPrimary: true,
        value: ({ symbol, name }) => (name === null ? symbol : `${symbol} ${name}`),
        cell: (row) => <SymbolName {...row} />,
    },
    { key: "kind", title: "Kind", value: ({ assetType }) => assetTypeNames[assetType] },
    {
        key: "last",
        title: "Last",
        kind: "number",
        value: ({ recent }) => (recent.state === "ready" ? recent.prices.last : null),
        cell: (row) => (row.recent.state === "ready" ? <Last prices={row.recent.prices} /> : pending(row)),
    },
    {
        key: "change",
        title: usualSpan,
        kind: "number",
        explain:
            `The change from the first to the last of the newest ${recentCount} daily closes, which are the ones drawn ` +
            "here. Stocks have no bars at weekends and on holidays. A row with fewer bars says how many it has.",
        value: ({ recent }) => (recent.state === "ready" ? recent.prices.change : null),
        cell: ({ recent }) =>
            recent.state === "ready" && (
                <span className="spark-and-change">
                    <Spark prices={recent.prices} />
                    <Change prices={recent.prices} />
                </span>
            ),
    },
    extreme("highest", "Highest close", Math.max),
    extreme("lowest", "Lowest close", Math.min),
    timeColumn("as-of", "As of", newest, {
        explain: "The day or hour of the newest stored bar.",
        // Each hour names its zone, for others of the list are days.
        isTime: false,
        interval: intervalOf,
        value: (row) => {
            const asOf = newest(row);
            return asOf === null ? null : asOfInWords(asOf, intervalOf(row));
        },
        cell: ({ recent }) => recent.state === "ready" && <AsOf prices={recent.prices} />,
    }),
];
