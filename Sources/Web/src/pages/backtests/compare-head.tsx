import type { Comparison } from "../../api/backtests";
import { letterOf } from "../../lib/results/compared";
import { backtestPath, comparePath } from "../../lib/routes";
import { lineColour } from "../../ui/chart/model";
import { CloseIcon } from "../../ui/icons";
import { Link } from "../../ui/navigation";

interface Props {
    readonly runs: Comparison["backtests"];
    /** What the rows are of. */
    readonly title: string;
    /** Whether runs can be put first and taken away here. */
    readonly hasControls?: boolean;
}

/** One column a run: its letter in the colour of its curve, and a way to the run itself. */
export function RunColumns({ runs, title, hasControls = false }: Props): JSX.Element {
    const ids = runs.map(({ id }) => id);
    return (
        <thead>
            <tr>
                <th scope="col">{title}</th>
                {runs.map((run, index) => (
                    <th key={run.id} scope="col" className="number">
                        <span className="compared-run">
                            <span className={`letter line-${lineColour(index)}`}>{letterOf(index)}</span>
                            <Link href={backtestPath(run.id)} className="compared-name">
                                <bdi>{run.strategyName}</bdi> v{run.versionNumber}
                            </Link>
                            {hasControls && runs.length > 2 && (
                                <Link
                                    href={comparePath(ids.filter((id) => id !== run.id))}
                                    className="button button-icon"
                                    aria-label={`Take run ${letterOf(index)} away`}
                                    title="Take this run away"
                                >
                                    <CloseIcon />
                                </Link>
                            )}
                        </span>
                        <span className="compared-symbol">
                            {run.symbol}
                            {hasControls && index > 0 && (
                                <>
                                    {" · "}
                                    <Link href={comparePath([run.id, ...ids.filter((id) => id !== run.id)])}>Use as baseline</Link>
                                </>
                            )}
                        </span>
                    </th>
                ))}
            </tr>
        </thead>
    );
}
