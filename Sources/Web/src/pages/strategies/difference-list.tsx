import type { Difference } from "../../lib/definition/differences";

const marks = { added: "+", removed: "\u2212", changed: "~" } as const;
const words = { added: "Added", removed: "Removed", changed: "Changed" } as const;

export const DifferenceList = ({ changes }: { changes: readonly Difference[] }): JSX.Element => (
    <ul className="differences">
        {changes.map(({ kind, text }, index) => (
            <li key={index} className={`difference-${kind}`}>
                <span aria-hidden="true" className="difference-mark">
                    {marks[kind]}
                </span>
                <span className="visually-hidden">{words[kind]}: </span>
                {text}
            </li>
        ))}
    </ul>
);
