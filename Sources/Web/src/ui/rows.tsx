import { type ReactNode, useRef } from "react";
import { useKeptFocus } from "./use-kept-focus";

/** A list whose entries can be removed: the focus stays in it when the button that had it goes with its row. */
export function Rows({ count, children }: { count: number; children: ReactNode }): JSX.Element {
    const list = useRef<HTMLUListElement>(null);
    useKeptFocus(list, count);
    return (
        <ul ref={list} className="rows" tabIndex={-1}>
            {children}
        </ul>
    );
}
