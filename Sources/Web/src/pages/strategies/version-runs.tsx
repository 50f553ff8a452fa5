import { finishedRuns, strategyRunsKey } from "../../api/strategies";
import { type RunPair, runPairs } from "../../lib/definition/runs";
import { noValue } from "../../lib/format";
import { type Figure, figureOf, valueOf, written, writtenDifference } from "../../lib/results/figures";
import { backtestPath, comparePath, newBacktestPath } from "../../lib/routes";
import { writtenDay } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";

const compared = (["totalReturnPct", "maxDrawdownPct", "sharpeRatio", "numTrades", "winRatePct"] as const).map(figureOf);

interface Props {
    readonly id: string;
    readonly before: number;
    readonly after: number;
    /** The API's ids of the two, for the form of a run. */
    readonly versionIDs: readonly [number, number];
}

/** The two versions in numbers, where both were run on the same bars in the same way. */
export function VersionRuns({ id, before, after, versionIDs }: Props): JSX.Element {
    const [runs, reload] = useResource(strategyRunsKey(id), () => finishedRuns(id));
    return (
        <Card title="In numbers">
            {runs.state === "loading" && <Skeleton label="Loading the backtests" lines={3} />}
            {runs.state === "failed" && (
                <FailureNotice what="The backtests could not be loaded." error={runs.error} retry={reload} />
            )}
            {runs.state === "ready" && (
                <Pairs pairs={runPairs(runs.value, before, after)} {...{ id, before, after, versionIDs }} />
            )}
        </Card>
    );
}

function Pairs({ pairs, id, before, after, versionIDs }: Props & { pairs: readonly RunPair[] }): JSX.Element {
    if (pairs.length === 0) {
        return (
            <p className="dim">
                No two backtests of these versions were run on the same bars in the same way. Run{" "}
                <Link href={newBacktestPath({ strategy: id, version: String(versionIDs[0]) })}>version {before}</Link> and{" "}
                <Link href={newBacktestPath({ strategy: id, version: String(versionIDs[1]) })}>version {after}</Link> alike,
                and their figures stand here side by side.
            </p>
        );
    }
    return (
        <>
            {pairs.map((pair) => (
                <div key={pair.key} className="table-scroll version-figures" tabIndex={0} role="region" aria-label={titleOf(pair)}>
                    <table>
                        <caption>
                            {titleOf(pair)}{" "}
                            <Link href={comparePath([pair.before.id, pair.after.id])}>Compare them in full</Link>
                        </caption>
                        <thead>
                            <tr>
                                <th scope="col">Figure</th>
                                <th scope="col" className="number">
                                    <Link href={backtestPath(pair.before.id)}>Version {before}</Link>
                                </th>
                                <th scope="col" className="number">
                                    <Link href={backtestPath(pair.after.id)}>Version {after}</Link>
                                </th>
                                <th scope="col" className="number">
                                    Difference
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {compared.map((figure) => (
                                <FigureRow key={figure.key} figure={figure} pair={pair} />
                            ))}
                        </tbody>
                    </table>
                </div>
            ))}
            <p className="dim">
                The better of many versions is partly luck: every version that was run counts as a try in the verdicts.
            </p>
        </>
    );
}

function FigureRow({ figure, pair }: { figure: Figure; pair: RunPair }): JSX.Element {
    const [old, now] = [pair.before, pair.after].map(({ results }) => valueOf(figure, { results, statistics: null }));
    return (
        <tr>
            <th scope="row">{figure.label}</th>
            <td className="number">{written(old!, figure.format)}</td>
            <td className="number">{written(now!, figure.format)}</td>
            <td className="number">{writtenDifference(now!, old!, figure.format) || noValue}</td>
        </tr>
    );
}

const titleOf = ({ after }: RunPair): string =>
    `${after.symbol}, ${writtenDay(after.startDate)} to ${writtenDay(after.endDate)}`;
