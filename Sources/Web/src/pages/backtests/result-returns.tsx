/* Returns by month and year, as a table of its own: months across, years down. */
import { useMemo } from "react";
import type { Curve } from "../../lib/results/curve";
import { returnsByYear } from "../../lib/results/periods";
import { monthNames } from "../../lib/time";
import { Card, Explained } from "../../ui/parts";
import type { Loaded } from "./result-data";
import { ReturnCells } from "./return-cells";

interface Props {
    readonly curve: Loaded<Curve>;
    readonly initial: number;
}

export function Returns({ curve, initial }: Props): JSX.Element {
    const years = useMemo(() => [...returnsByYear(curve.value, initial)].reverse(), [curve.value, initial]);
    const explain =
        "From the last equity before the month or year to its last bar, in UTC and percent. The first and the last may " +
        "be parts. The darker the tint, the larger the move beside the largest month.";
    return (
        <Card
            title={
                <>
                    Returns by month, % <Explained label="Returns by month" text={explain} />
                </>
            }
            isFlush
            className="returns-card"
        >
            {years.length === 0 ? (
                <p className="table-note">There is no equity to tell of.</p>
            ) : (
                <div className="table-scroll" tabIndex={0} role="region" aria-label="Returns by month and year">
                    <table className="returns" data-testid="returns">
                        <thead>
                            <tr>
                                <th scope="col">Year</th>
                                {monthNames.map((month) => (
                                    <th key={month} scope="col" className="number">
                                        {month}
                                    </th>
                                ))}
                                <th scope="col" className="number">
                                    Year
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            <ReturnCells years={years} />
                        </tbody>
                    </table>
                </div>
            )}
        </Card>
    );
}
