/** On one line where there is room for it, else on two: no column is cut off for the sake of days. */
export const Pair = ({ first, second }: { first: string; second: string }): JSX.Element => (
    <span className="pair">
        <span>{first}</span> <span>{second}</span>
    </span>
);

/** A day and its hour, as `tableTime` writes them; a day alone stays one. */
export function TimePair({ time }: { time: string }): JSX.Element {
    const [day = "", hour = ""] = time.split(" ");
    return <Pair first={day} second={hour} />;
}
