import { type RefObject, useEffect, useRef } from "react";

/** The holder of a list takes the focus when the row that had it is gone; it would fall to the document's start. */
export function useKeptFocus(holder: RefObject<HTMLElement>, count: number): void {
    const before = useRef(count);
    useEffect(() => {
        if (count < before.current && document.activeElement === document.body) holder.current?.focus();
        before.current = count;
    }, [holder, count]);
}
