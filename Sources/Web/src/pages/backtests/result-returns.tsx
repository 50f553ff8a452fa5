/* Returns by month and year, as a table of its own: months across, years down. */
import { useMemo } from "react";
import { noValue, signedPercent } from "../../lib/format";
import type { Curve } from "../../lib/results/curve";
import { returnsByYear, strength } from "../../lib/results/periods";
import { months } from "../../lib/time";
import { Card, Explained, joined } from "../../ui/parts";
import type { Loaded } from "./result-data";

/** In line with the others, and short: the sign says what the tint says. */
const short = (value: number | null): string => (value === null ? noValue : signedPercent(value, 1).replace("%", ""));

interface Props {
    readonly curve: Loaded<Curve>;
    readonly initial: number;
}

export function Returns({ curve, initial }: Props): JSX.Element {
    const years = useMemo(() => [...returnsByYear(curve.value, initial)].reverse(), [curve.value, initial]);
    const largest = Math.max(...years.flatMap(({ months: all }) => all.map((one) => Math.abs(one ?? 0))), 0);
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
                                {months.map((month) => (
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
                            {years.map(({ year, months: found, whole }) => (
                                <tr key={year}>
                                    <th scope="row">{year}</th>
                                    {found.map((value, month) => (
                                        <td key={month} className={joined("number", tint(value, largest))}>
                                            {short(value)}
                                        </td>
                                    ))}
                                    <td className={joined("number", "returns-year", whole > 0 ? "up" : whole < 0 && "down")}>
                                        {short(whole)}
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </Card>
    );
}

const tint = (value: number | null, largest: number): string | false =>
    value !== null && value !== 0 && `tint-${value > 0 ? "up" : "down"}-${strength(value, largest)}`;
