import { useCallback, useEffect, useMemo, useState } from "react";
import type { SymbolDetails } from "../../api/symbols";
import type { Bars, Interval } from "../../lib/bars";
import type { BarHistory, HistoryState } from "../../lib/bar-history";
import type { ChartView } from "../../lib/chart-view";
import { barsToCSV, csvName } from "../../lib/csv";
import { decimal, direction, noValue, signedPercent } from "../../lib/format";
import { tableTime } from "../../lib/time";
import { DownloadIcon } from "../../ui/icons";
import { Card } from "../../ui/parts";
import { saveFile } from "../../ui/save-file";
import { Volume } from "../../ui/short";
import { type Column, Table } from "../../ui/table/table";
import type { ChangeView } from "./use-chart-view";

interface Props {
    readonly details: SymbolDetails;
    readonly history: HistoryState;
    readonly loader: BarHistory;
    readonly view: ChartView;
    readonly change: ChangeView;
    readonly digits: number;
}

const rowsPerPage = 25;

/** The bars as figures, newest first, and all of them as a file. */
export function BarsTable({ details, history, loader, view, change, digits }: Props): JSX.Element {
    const { bars, isComplete } = history;
    const { interval } = view;
    const count = bars.time.length;
    const stored = details.series.find((series) => series.interval === interval)?.bars ?? count;
    const total = isComplete ? count : Math.max(stored, count);
    // A page beyond what has been read is read when it is asked for.
    const isBeyond = !isComplete && Math.min(view.page * rowsPerPage, total) > count;
    useEffect(() => {
        if (isBeyond && !history.isLoading && history.error === null) void loader.loadMore();
    }, [isBeyond, history, loader]);
    const rows = useMemo(() => bars.time.map((_, index) => count - 1 - index), [bars, count]);
    const columns = useMemo(() => columnsOf(bars, interval, digits), [bars, interval, digits]);
    // After a failure the reader tries again; when that has read something nearer, the rest is asked for as well.
    const isIdle = !history.isLoading && history.error === null && !isComplete;
    const needAll = useCallback((): void => {
        if (isIdle) void loader.loadBack(-Infinity, 0);
    }, [loader, isIdle]);
    return (
        <Card title="Bars" isFlush>
            <Table
                label={`Bars of ${details.symbol}`}
                testID="bars"
                noun="bar"
                rows={rows}
                columns={columns}
                rowKey={(index) => String(bars.time[index])}
                pageSize={rowsPerPage}
                paging={{
                    page: view.page,
                    turn: (page) => change({ page }),
                    total,
                    isReading: history.isLoading,
                    needAll,
                }}
                controls={<CSVButton {...{ details, loader, view }} />}
            />
        </Card>
    );
}

/** A row is the place of its bar. */
function columnsOf(bars: Bars, interval: Interval, digits: number): readonly Column<number>[] {
    const price = (key: "open" | "high" | "low" | "close", title: string): Column<number> => ({
        key,
        title,
        kind: "number",
        value: (index) => bars[key][index]!,
        cell: (index) => decimal(bars[key][index]!, digits),
    });
    const changeAt = (index: number): number | null => {
        const previous = bars.close[index - 1];
        return previous === undefined ? null : bars.close[index]! / previous - 1;
    };
    return [
        {
            key: "time",
            title: interval === "1d" ? "Date" : "Time",
            isTime: interval !== "1d",
            isPrimary: true,
            value: (index) => tableTime(bars.time[index]!, interval),
            sortBy: (index) => bars.time[index]!,
        },
        price("open", "Open"),
        price("high", "High"),
        price("low", "Low"),
        price("close", "Close"),
        {
            key: "change",
            title: "Change",
            kind: "number",
            value: changeAt,
            cell: (index) => {
                const change = changeAt(index);
                return change === null ? noValue : <span className={direction(change)}>{signedPercent(change)}</span>;
            },
        },
        {
            key: "volume",
            title: "Volume",
            kind: "number",
            value: (index) => bars.volume[index]!,
            cell: (index) => <Volume value={bars.volume[index]!} />,
        },
    ];
}

/** Reads what is still missing, then hands the whole series to the browser as a file. */
function CSVButton({ details, loader, view }: Pick<Props, "details" | "loader" | "view">): JSX.Element {
    const [state, setState] = useState<"ready" | "reading" | "failed">("ready");
    const download = async (): Promise<void> => {
        setState("reading");
        const isWhole = await loader.loadBack(-Infinity, 0);
        setState(isWhole ? "ready" : "failed");
        if (!isWhole) return;
        const { bars } = loader.state();
        saveFile(csvName(details.symbol, view.interval, bars), "text/csv", barsToCSV(bars, view.interval));
    };
    return (
        <span className="csv">
            <span role="status" className={state === "failed" ? "field-fault" : "visually-hidden"}>
                {state === "failed" ? "Not all bars could be read." : state === "reading" ? "Reading all bars" : ""}
            </span>
            <button type="button" disabled={state === "reading"} onClick={() => void download()}>
                <DownloadIcon /> {state === "reading" ? "Reading…" : "Download CSV"}
            </button>
        </span>
    );
}
