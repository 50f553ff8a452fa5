import type { Comparison } from "../../api/backtests";
import { type Figure, figures, groups, toneOf, valueOf, written, writtenDifference } from "../../lib/results/figures";
import { letterOf } from "../../lib/results/compared";
import { Card, Explained } from "../../ui/parts";
import { RunColumns } from "./compare-head";

interface Props {
    readonly runs: Comparison["backtests"];
}

const words = { better: " better", worse: " worse", same: "" } as const;

/** Every figure of every run, and how far it is from that of the first. */
export function ComparedFigures({ runs }: Props): JSX.Element {
    return (
        <Card title="Figures" isFlush className="compared-card">
            <p className="table-note">
                Small figures are differences from {letterOf(0)}; ▲ is better, ▼ worse, where one way is better at all.
            </p>
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Figures of the runs">
                <table className="compared-table" data-testid="compared">
                    <RunColumns runs={runs} title="Figure" hasControls />
                    {groups.map((group) => (
                        <tbody key={group}>
                            <tr className="compared-group">
                                <th scope="rowgroup" colSpan={runs.length + 1}>
                                    {group}
                                </th>
                            </tr>
                            {figures
                                .filter((figure) => figure.group === group)
                                .map((figure) => (
                                    <Row key={figure.key} {...{ figure, runs }} />
                                ))}
                        </tbody>
                    ))}
                </table>
            </div>
        </Card>
    );
}

function Row({ figure, runs }: Props & { figure: Figure }): JSX.Element {
    const base = valueOf(figure, runs[0]!);
    return (
        <tr data-figure={figure.key}>
            <th scope="row">
                <span className="figure-name">
                    {figure.label}
                    <Explained label={figure.label} text={figure.explain} />
                </span>
            </th>
            {runs.map((run, index) => {
                const value = valueOf(figure, run);
                const tone = toneOf(figure, value, base);
                return (
                    <td key={run.id} className="number">
                        {written(value, figure.format)}
                        {index > 0 && (
                            <span className={`difference ${tone}`}>
                                {tone !== "same" && <span aria-hidden="true">{tone === "better" ? "▲ " : "▼ "}</span>}
                                {writtenDifference(value, base, figure.format)}
                                <span className="visually-hidden">{words[tone]}</span>
                            </span>
                        )}
                    </td>
                );
            })}
        </tr>
    );
}
