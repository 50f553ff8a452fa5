import { type RefObject, useLayoutEffect } from "react";

/** Keeps `--place` of an element at its distance from the window's top: what sticks can end where the window does. */
export function useRoomBelow(element: RefObject<HTMLElement>): void {
    useLayoutEffect(() => {
        const measure = (): void => {
            const node = element.current;
            node?.style.setProperty("--place", `${Math.round(node.getBoundingClientRect().top)}px`);
        };
        measure();
        // Whatever is above it may still grow.
        const growth = new ResizeObserver(measure);
        growth.observe(document.body);
        window.addEventListener("scroll", measure, { passive: true });
        window.addEventListener("resize", measure);
        return () => {
            growth.disconnect();
            window.removeEventListener("scroll", measure);
            window.removeEventListener("resize", measure);
        };
    }, [element]);
}
