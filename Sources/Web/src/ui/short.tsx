import { shortened } from "../lib/format";
import { Disclosed } from "./parts/explained";

/** A figure in a column: one of very many digits is told in short, and whole by the button that it then is. */
export function Short({ text, value }: { text: string; value: number }): JSX.Element {
    const short = shortened(text, value);
    return short === text ? (
        <>{text}</>
    ) : (
        <Disclosed label={`${short}, in full ${text}`} text={text} className="shortened">
            {short}
        </Disclosed>
    );
}
