/* How fresh and how sound the prices are that something rests on: one calm line, which opens. */
import { symbolSeries, symbolSeriesKey } from "../api/market-data";
import type { Interval } from "../lib/bars";
import { type Days, standingOf } from "../lib/data/standing";
import { counted } from "../lib/format";
import { dataSeriesPath } from "../lib/routes";
import { Findings, ToneMark } from "./findings";
import { Link } from "./navigation";
import { useResource } from "./use-resource";

interface Props {
    readonly symbol: string;
    readonly interval: Interval;
    /** Only what is known of bars on these days. */
    readonly days?: Days | undefined;
}

/** So many findings are told here; the Data room has all of them. */
const shown = 3;

/** Its place is kept while it is on its way. */
export function Standing({ symbol, interval, days }: Props): JSX.Element {
    const [found, reload] = useResource(symbolSeriesKey(symbol), () => symbolSeries(symbol));
    if (found.state === "failed") {
        return (
            <p className="standing">
                The checks of these prices did not load.{" "}
                <button type="button" className="button-quiet" onClick={() => reload()}>
                    Try again
                </button>
            </p>
        );
    }
    const series = found.state === "ready" ? found.value.find(({ stored }) => stored.interval === interval) : undefined;
    if (!series) return <p className="standing" />;
    const { tone, line, remarks, findings } = standingOf(series, days);
    const summary = (
        <>
            <ToneMark tone={tone} /> <span>{line}</span>
        </>
    );
    if (findings.length === 0 && remarks.length === 0) {
        return (
            <p className="standing" data-testid="standing">
                {summary}
            </p>
        );
    }
    return (
        <details className="standing" data-testid="standing">
            <summary>{summary}</summary>
            {remarks.map((sentence) => (
                <p key={sentence}>{sentence}</p>
            ))}
            <Findings findings={findings.slice(0, shown)} interval={interval} />
            <p>
                <Link href={dataSeriesPath(symbol)}>
                    {findings.length > shown ? `All ${counted(findings.length, "finding")}` : `More on the data of ${symbol}`}
                </Link>
            </p>
        </details>
    );
}
