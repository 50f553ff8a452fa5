/* The rows of a table of returns by month and year, tinted by their size. */
import { monthReturn, tintOf, type Year } from "../../lib/results/periods";
import { joined } from "../../ui/parts";

export const returnTone = (value: number): string => (value > 0 ? "up" : value < 0 ? "down" : "");

export function ReturnCells({ years }: { years: readonly Year[] }): JSX.Element {
    const tint = tintOf(years);
    return (
        <>
            {years.map(({ year, months, whole }) => (
                <tr key={year}>
                    <th scope="row">{year}</th>
                    {months.map((value, month) => {
                        const { way, strength } = tint(value);
                        return (
                            <td key={month} className={joined("number", way && `tint-${way}-${strength}`)}>
                                {monthReturn(value)}
                            </td>
                        );
                    })}
                    <td className={joined("number", "returns-year", returnTone(whole))}>{monthReturn(whole)}</td>
                </tr>
            ))}
        </>
    );
}
