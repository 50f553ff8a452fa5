import type { Comparison } from "../../api/backtests";
import { letterOf } from "../../lib/results/compared";
import { definitionDifferences, differingSettings } from "../../lib/results/settings";
import { Card } from "../../ui/parts";
import { RunColumns } from "./compare-head";

interface Props {
    readonly runs: Comparison["backtests"];
}

/** What was asked for otherwise: settings line by line, definitions in words. */
export function ComparedSettings({ runs }: Props): JSX.Element {
    const differing = differingSettings(runs);
    return (
        <Card title="What differs" isFlush className="compared-card">
            {differing.length === 0 ? (
                <p className="table-note">Their settings are the same.</p>
            ) : (
                <div className="table-scroll" tabIndex={0} role="region" aria-label="Settings that differ">
                    <table className="compared-table">
                        <RunColumns runs={runs} title="Setting" />
                        <tbody>
                            {differing.map(({ label, values }) => (
                                <tr key={label}>
                                    <th scope="row">{label}</th>
                                    {values.map((value, index) => (
                                        <td key={index} className="number">
                                            <span className="compared-value" title={value}>
                                                {value}
                                            </span>
                                        </td>
                                    ))}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
            <div className="compared-rules">
                <h3>Rules</h3>
                <ul className="plain">
                    {runs.map((run, index) => (
                        <li key={run.id}>
                            <b>{letterOf(index)}</b> {index === 0 ? run.summary : <Rules first={runs[0]!} other={run} />}
                        </li>
                    ))}
                </ul>
            </div>
        </Card>
    );
}

function Rules({ first, other }: { first: Props["runs"][number]; other: Props["runs"][number] }): JSX.Element {
    const found = definitionDifferences(first.definition, other.definition);
    // Rules that a later server writes are still told in its own words.
    if (found === null) return <>{other.summary}</>;
    if (found.length === 0) return <>The same rules as {letterOf(0)}.</>;
    return (
        <>
            Beside {letterOf(0)}: {found.join("; ")}.
        </>
    );
}
