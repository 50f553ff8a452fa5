import { type ReactNode, useRef } from "react";
import { useKeptFocus } from "./use-kept-focus";

interface Props {
    readonly count: number;
    /** What stands there when it is empty. */
    readonly none?: ReactNode;
    readonly children: ReactNode;
}

/** A list whose entries can be removed: the focus stays in its place when the button that had it goes with its row. */
export function Rows({ count, none, children }: Props): JSX.Element {
    const place = useRef<HTMLDivElement>(null);
    useKeptFocus(place, count);
    return (
        <div ref={place} className="kept-focus" tabIndex={-1}>
            {count === 0 ? none : <ul className="rows">{children}</ul>}
        </div>
    );
}
