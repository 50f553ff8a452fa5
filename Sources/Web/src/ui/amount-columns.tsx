/* Money with its sign and colour, and columns of amounts whose digits line up. */
import { columnDigits, columnPriceDigits, decimal, direction, money, noValue } from "../lib/format";
import { currency } from "../lib/trading/words";
import { Short } from "./short";
import type { Column } from "./table/table";

/** A gain or a loss: with its sign, so that nothing is said by colour alone. In a column a long one is shortened. */
export function Gain({ amount, isInColumn = false }: { amount: string | null; isInColumn?: boolean }): JSX.Element {
    if (amount === null) return <>{noValue}</>;
    const value = Number(amount);
    return (
        <span className={direction(value)}>
            {value > 0 && "+"}
            {isInColumn ? <Short text={money(amount, currency)} value={value} /> : money(amount, currency)}
        </span>
    );
}

const numberOf = (amount: string | number | null): number | null => (amount === null ? null : Number(amount));

type Of<Row> = (row: Row) => string | null;
type OfNumber<Row> = (row: Row) => string | number | null;
type More<Row> = Partial<Column<Row>>;

export const moneyColumn = <Row,>(key: string, title: string, of: Of<Row>, more: More<Row> = {}): Column<Row> => ({
    key,
    title,
    kind: "number",
    value: (row) => numberOf(of(row)),
    cell: (row) => {
        const amount = of(row);
        return amount === null ? noValue : <Short text={money(amount, currency)} value={Number(amount)} />;
    },
    ...more,
});

export const gainColumn = <Row,>(key: string, title: string, of: Of<Row>, more: More<Row> = {}): Column<Row> =>
    moneyColumn(key, title, of, { cell: (row) => <Gain amount={of(row)} isInColumn />, ...more });

function digitsColumn<Row>(key: string, title: string, of: OfNumber<Row>, digits: number, more: More<Row>): Column<Row> {
    return {
        key,
        title,
        kind: "number",
        value: (row) => numberOf(of(row)),
        cell: (row) => {
            const value = numberOf(of(row));
            return value === null ? noValue : <Short text={decimal(value, digits)} value={value} />;
        },
        ...more,
    };
}

const valuesOf = <Row,>(rows: readonly Row[], of: OfNumber<Row>): readonly number[] =>
    rows.flatMap((row) => numberOf(of(row)) ?? []);

export const priceColumn = <Row,>(
    rows: readonly Row[],
    key: string,
    title: string,
    of: OfNumber<Row>,
    more: More<Row> = {},
): Column<Row> => digitsColumn(key, title, of, columnPriceDigits(valuesOf(rows, of)), more);

export const quantityColumn = <Row,>(
    rows: readonly Row[],
    key: string,
    title: string,
    of: OfNumber<Row>,
    more: More<Row> = {},
): Column<Row> => digitsColumn(key, title, of, columnDigits(valuesOf(rows, of)), more);
