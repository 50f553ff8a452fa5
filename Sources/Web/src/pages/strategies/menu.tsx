import { type ReactNode, useEffect, useRef } from "react";

/** Things done seldom, behind one button. It closes when one is chosen, and when the reader turns to something else. */
export function Menu({ label, children }: { label: string; children: ReactNode }): JSX.Element {
    const details = useRef<HTMLDetailsElement>(null);
    useEffect(() => {
        const element = details.current;
        if (!element) return;
        const close = (): void => {
            element.open = false;
        };
        const leave = (event: FocusEvent | PointerEvent): void => {
            const to = event instanceof FocusEvent ? event.relatedTarget : event.target;
            if (to !== null && !element.contains(to as Node)) close();
        };
        const press = (event: KeyboardEvent): void => {
            if (event.key !== "Escape" || !element.open) return;
            close();
            element.querySelector("summary")?.focus();
        };
        element.addEventListener("focusout", leave);
        element.addEventListener("keydown", press);
        document.addEventListener("pointerdown", leave);
        return () => {
            element.removeEventListener("focusout", leave);
            element.removeEventListener("keydown", press);
            document.removeEventListener("pointerdown", leave);
        };
    }, []);
    return (
        <details ref={details} className="menu">
            <summary className="button">{label}</summary>
            <div
                className="menu-panel menu-list"
                onClick={() => {
                    if (details.current) details.current.open = false;
                }}
            >
                {children}
            </div>
        </details>
    );
}
