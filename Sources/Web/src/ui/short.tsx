import { shortened } from "../lib/format";

/** A figure in a column: one of very many digits is told in short, and whole under the mouse. */
export function Short({ text, value }: { text: string; value: number }): JSX.Element {
    const short = shortened(text, value);
    return short === text ? <>{text}</> : <span title={text}>{short}</span>;
}
