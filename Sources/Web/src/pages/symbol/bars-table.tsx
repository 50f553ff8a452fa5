import { useEffect, useState } from "react";
import type { SymbolDetails } from "../../api/symbols";
import type { BarHistory, HistoryState } from "../../lib/bar-history";
import type { ChartView } from "../../lib/chart-view";
import { barsToCSV, csvName } from "../../lib/csv";
import { compactFixed, counted, decimal, direction, noValue, signedPercent, whole } from "../../lib/format";
import { tableTime } from "../../lib/time";
import { DownloadIcon } from "../../ui/icons";
import { saveFile } from "../../ui/save-file";
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
    const count = bars.time.length;
    const stored = details.series.find((series) => series.interval === view.interval)?.bars ?? count;
    const total = isComplete ? count : Math.max(stored, count);
    const pages = Math.max(1, Math.ceil(total / rowsPerPage));
    const page = Math.min(view.page, pages);
    const first = (page - 1) * rowsPerPage;
    const indexes: number[] = [];
    for (let row = first; row < Math.min(first + rowsPerPage, count); row++) indexes.push(count - 1 - row);
    // A page beyond what has been read is read when it is asked for.
    const isBeyond = !isComplete && first + rowsPerPage > count;
    useEffect(() => {
        if (isBeyond && !history.isLoading && history.error === null) void loader.loadMore();
    }, [isBeyond, history, loader]);
    const turn = (to: number): void => change({ page: to });

    return (
        <section className="card" aria-labelledby="bars-heading">
            <div className="card-head">
                <h2 id="bars-heading">
                    Bars <small>{counted(total, "bar")}, newest first</small>
                </h2>
                <CSVButton {...{ details, loader, view }} />
            </div>
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of bars">
                <table data-testid="bars">
                    <thead>
                        <tr>
                            <th scope="col">{view.interval === "1d" ? "Date" : "Time (UTC)"}</th>
                            {["Open", "High", "Low", "Close", "Change", "Volume"].map((name) => (
                                <th key={name} scope="col" className="number">
                                    {name}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {indexes.map((index) => (
                            <Row key={bars.time[index]} {...{ index, bars, digits }} interval={view.interval} />
                        ))}
                    </tbody>
                </table>
            </div>
            <nav className="pager" aria-label="Pages of bars">
                <button type="button" disabled={page === 1} onClick={() => turn(1)}>
                    Newest
                </button>
                <button type="button" disabled={page === 1} onClick={() => turn(page - 1)}>
                    Newer
                </button>
                <span role="status">
                    Page {whole(page)} of {whole(pages)}
                </span>
                <button type="button" disabled={page === pages} onClick={() => turn(page + 1)}>
                    Older
                </button>
                <button type="button" disabled={page === pages} onClick={() => turn(pages)}>
                    Oldest
                </button>
            </nav>
        </section>
    );
}

interface RowProps extends Pick<HistoryState, "bars"> {
    readonly index: number;
    readonly interval: ChartView["interval"];
    readonly digits: number;
}

function Row({ index, bars, interval, digits }: RowProps): JSX.Element {
    const previous = bars.close[index - 1];
    const change = previous === undefined ? null : bars.close[index]! / previous - 1;
    const price = (column: readonly number[]): string => decimal(column[index]!, digits);
    return (
        <tr>
            <th scope="row">{tableTime(bars.time[index]!, interval)}</th>
            <td className="number">{price(bars.open)}</td>
            <td className="number">{price(bars.high)}</td>
            <td className="number">{price(bars.low)}</td>
            <td className="number">{price(bars.close)}</td>
            <td className={`number ${direction(change ?? 0)}`}>{change === null ? noValue : signedPercent(change)}</td>
            <td className="number">{compactFixed(bars.volume[index]!)}</td>
        </tr>
    );
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
