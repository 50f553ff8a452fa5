import { compactFixed, plainly, shortened } from "../lib/format";
import { Disclosed } from "./parts/explained";

interface Props {
    readonly text: string;
    readonly value: number;
    readonly short?: string;
}

/** A figure in a column: one of very many digits is told in short, and whole by the button that it then is. */
export function Short({ text, value, short = shortened(text, value) }: Props): JSX.Element {
    return short === text ? (
        <>{text}</>
    ) : (
        <Disclosed label={`${short}, in full ${text}`} text={text} className="shortened">
            {short}
        </Disclosed>
    );
}

/** How much was traded in a bar: in short, except where that says it all, as `5.00` does. */
export function Volume({ value }: { value: number }): JSX.Element {
    const short = compactFixed(value);
    return <Short text={Number(short) === value ? short : plainly(value)} {...{ value, short }} />;
}
