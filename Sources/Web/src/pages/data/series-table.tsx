import type { KnownSeries } from "../../api/market-data";
import type { Interval } from "../../lib/bars";
import { countsInWords } from "../../lib/data/checks";
import { coverageInWords, standingOf, type Tone } from "../../lib/data/standing";
import { adjustmentInWords, noValue, spelled, whole } from "../../lib/format";
import { timeframeNames } from "../../lib/kinds";
import { dataSeriesPath } from "../../lib/routes";
import { isoDay } from "../../lib/time";
import { ToneMark } from "../../ui/findings";
import { SymbolName } from "../../ui/spark";
import { type Column, Table } from "../../ui/table/table";

/** What is sorted by: worst last. */
const ranks: Readonly<Record<Tone, number>> = { good: 0, note: 1, warning: 2, bad: 3 };

const units: Readonly<Record<Interval, string>> = { "1d": "d", "1h": "h" };

const columns: readonly Column<KnownSeries>[] = [
    {
        key: "symbol",
        title: "Symbol",
        isPrimary: true,
        value: ({ stored }) => `${stored.symbol} ${stored.name}`,
        cell: ({ stored: { symbol, name } }) => <SymbolName symbol={symbol} name={name === symbol ? null : name} />,
    },
    { key: "interval", title: "Interval", value: ({ stored }) => timeframeNames[stored.interval] },
    {
        key: "state",
        title: "State",
        explain:
            "Error: a result over these bars is wrong. Warning: it may be wrong. Set aside: the symbol's other prices were restated, as after a split, and these not yet. Behind: bars that have ended are not here yet.",
        value: (series) => standingOf(series).word,
        sortBy: (series) => ranks[standingOf(series).tone],
        cell: (series) => {
            const { tone, word } = standingOf(series);
            return (
                <span className="data-state">
                    <ToneMark tone={tone} /> {word}
                </span>
            );
        },
    },
    {
        key: "first",
        title: "First",
        kind: "number",
        value: ({ stored }) => isoDay(stored.first),
    },
    {
        key: "last",
        title: "Last",
        kind: "number",
        explain: "The day of the newest bar; a stock's is its exchange's, a coin's begins at 00:00 UTC.",
        value: ({ stored }) => isoDay(stored.last),
    },
    {
        key: "age",
        title: "Behind",
        kind: "number",
        explain: "Bars that could have been stored by now, days or hours. A stock's days are its exchange's trading days.",
        value: ({ health }) => health?.barsBehind ?? null,
        cell: ({ health }) => (health === null ? noValue : `${whole(health.barsBehind)} ${units[health.interval]}`),
    },
    { key: "bars", title: "Bars", kind: "number", value: ({ stored }) => stored.bars, cell: ({ stored }) => whole(stored.bars) },
    {
        key: "missing",
        title: "Missing",
        kind: "number",
        explain: "Bars between the first and the last that should be there and are not.",
        value: ({ stored }) => stored.missingBars,
        cell: ({ stored }) => (stored.missingBars === null ? noValue : whole(stored.missingBars)),
    },
    {
        key: "coverage",
        title: "Coverage",
        kind: "number",
        explain: "The share of the bars that should be there.",
        value: ({ health }) => health?.coverage ?? null,
        cell: ({ health }) => (health?.coverage == null ? noValue : coverageInWords(health.coverage)),
    },
    {
        key: "findings",
        title: "Findings",
        value: ({ stored }) => countsInWords(stored.findings) ?? "none",
    },
    { key: "source", title: "Source", isFiller: true, value: ({ stored }) => spelled(stored.provider) },
    { key: "adjustment", title: "Adjustment", isHidden: true, value: ({ stored }) => adjustmentInWords(stored.adjustment) },
    { key: "revision", title: "Revision", kind: "number", isHidden: true, value: ({ stored }) => stored.revision },
];

/** Worst first, until the reader sorts. */
export const SeriesTable = ({ series }: { series: readonly KnownSeries[] }): JSX.Element => (
    <Table
        label="Series"
        testID="series"
        rows={series}
        columns={columns}
        rowKey={({ stored }) => `${stored.symbol} ${stored.interval}`}
        rowHref={({ stored }) => dataSeriesPath(stored.symbol)}
        initialSort={{ key: "state", isDescending: true }}
        pageSize={50}
        filter="Filter series"
        csvName="series"
        noun="series"
    />
);
