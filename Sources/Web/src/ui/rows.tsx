import { type ReactNode, useEffect, useRef } from "react";

/** A list whose entries can be removed: the focus stays in it when the button that had it goes with its row. */
export function Rows({ count, children }: { count: number; children: ReactNode }): JSX.Element {
    const list = useRef<HTMLUListElement>(null);
    const before = useRef(count);
    useEffect(() => {
        if (count < before.current && document.activeElement === document.body) list.current?.focus();
        before.current = count;
    }, [count]);
    return (
        <ul ref={list} className="rows" tabIndex={-1}>
            {children}
        </ul>
    );
}
