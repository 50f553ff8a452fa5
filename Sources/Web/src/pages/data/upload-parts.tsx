/* What a file says: its first rows as a chart and as figures, what was understood, and which lines are no bars. */
import type { ImportReport, UploadLook } from "api-types";
import { useMemo } from "react";
import type { Bars } from "../../lib/bars";
import { columnDigits, columnPriceDigits, counted, decimal, whole } from "../../lib/format";
import { tableTime, zoneName } from "../../lib/time";
import { Chart, type Pane } from "../../ui/chart/chart";
import { Card } from "../../ui/parts";

type UploadedBar = UploadLook["points"][number];

const column = (bars: readonly UploadedBar[], name: keyof UploadedBar): number[] => bars.map((bar) => bar[name]);

const barsOf = (points: readonly UploadedBar[]): Bars => ({
    time: column(points, "time"),
    open: column(points, "open"),
    high: column(points, "high"),
    low: column(points, "low"),
    close: column(points, "close"),
    volume: column(points, "volume"),
});

export function Sample({ look, title }: { look: UploadLook; title: string }): JSX.Element {
    const { points, firstBars, lastBars, barsPerPoint, report } = look;
    const interval = report?.timeframe ?? "1d";
    const bars = useMemo(() => barsOf(points), [points]);
    const panes = useMemo<readonly Pane[]>(
        () => [
            {
                id: "prices",
                label: title || look.fileName,
                weight: 1,
                scale: "price",
                series: [
                    { kind: "candles", bars },
                    { kind: "volume", bars },
                ],
            },
        ],
        [bars, title, look.fileName],
    );
    const ends = lastBars.filter(({ time }) => time > (firstBars[firstBars.length - 1]?.time ?? Infinity));
    const rows = [...firstBars, ...ends];
    const digits = columnPriceDigits(rows.flatMap(({ open, high, low, close }) => [open, high, low, close]));
    const volumeDigits = columnDigits(rows.map(({ volume }) => volume));
    const isWhole = firstBars.length + ends.length === report?.bars;
    return (
        <Card
            title={
                <>
                    The bars in it{" "}
                    <small>
                        {report && counted(report.bars, "bar")}
                        {barsPerPoint > 1 && `, ${whole(barsPerPoint)} to a candle`}
                    </small>
                </>
            }
            className="upload-sample"
        >
            <Chart
                key={`${interval} ${points.length} ${points[0]?.time ?? ""}`}
                label={`${look.fileName}, candles with volume`}
                times={bars.time}
                interval={interval}
                panes={panes}
            />
            <div className="table-scroll" tabIndex={0} role="region" aria-label="First and last bars">
                <table data-testid="first-bars">
                    <thead>
                        <tr>
                            <th scope="col">{interval === "1d" ? "Date" : `Time (${zoneName()})`}</th>
                            {["Open", "High", "Low", "Close", "Volume"].map((name) => (
                                <th key={name} scope="col" className="number">
                                    {name}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {firstBars.map((bar) => (
                            <Row key={bar.time} {...{ bar, digits, volumeDigits, interval }} />
                        ))}
                        {!isWhole && (
                            <tr>
                                <td colSpan={6} className="dim">
                                    …
                                </td>
                            </tr>
                        )}
                        {ends.map((bar) => (
                            <Row key={bar.time} {...{ bar, digits, volumeDigits, interval }} />
                        ))}
                    </tbody>
                </table>
            </div>
        </Card>
    );
}

interface RowProps {
    readonly bar: UploadedBar;
    readonly digits: number;
    readonly volumeDigits: number;
    readonly interval: ImportReport["timeframe"];
}

const Row = ({ bar, digits, volumeDigits, interval }: RowProps): JSX.Element => (
    <tr>
        <th scope="row">{tableTime(bar.time, interval)}</th>
        {[bar.open, bar.high, bar.low, bar.close].map((price, index) => (
            <td key={index} className="number">
                {decimal(price, digits)}
            </td>
        ))}
        <td className="number">{decimal(bar.volume, volumeDigits)}</td>
    </tr>
);

/** The server's own words, a line each. */
export const Understood = ({ report }: { report: ImportReport }): JSX.Element => (
    <dl className="data-facts" data-testid="understood">
        {Object.entries(report.understood).map(([name, value]) => (
            <div key={name}>
                <dt>{name.charAt(0).toUpperCase() + name.slice(1)}</dt>
                <dd>{value}</dd>
            </div>
        ))}
    </dl>
);

export function Lines({ report }: { report: ImportReport }): JSX.Element | null {
    const { refused, refusedLines, remarks } = report;
    if (refused === 0 && remarks.length === 0) return null;
    return (
        <Card title="Line by line" className="upload-lines">
            {remarks.length > 0 && (
                <ul className="bullets">
                    {remarks.map((remark) => (
                        <li key={remark}>{remark.charAt(0).toUpperCase() + remark.slice(1)}.</li>
                    ))}
                </ul>
            )}
            {refused > 0 && (
                <div className="table-scroll" tabIndex={0} role="region" aria-label="Lines that are no bars">
                    <table data-testid="refused-lines">
                        <thead>
                            <tr>
                                <th scope="col">Line</th>
                                <th scope="col">
                                    Why it is no bar{" "}
                                    {refused > refusedLines.length && `(the first ${refusedLines.length} of ${whole(refused)})`}
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {refusedLines.map(({ line, reason }) => (
                                <tr key={line}>
                                    <th scope="row">{whole(line)}</th>
                                    <td className="wrap">{reason}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </Card>
    );
}
