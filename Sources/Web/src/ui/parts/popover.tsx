import { type ReactNode, useEffect, useRef } from "react";
import { joined } from "./button";

interface Props {
    /** What the button says, and the panel is called. */
    readonly label: string;
    /** Of the button. */
    readonly look?: "primary" | "quiet";
    readonly children: ReactNode;
}

/**
 * A panel below a button. It closes when the reader turns to something else; Escape gives the focus back to the button.
 */
export const Popover = (props: Props): JSX.Element => <Panel {...props} />;

/** Things done seldom, behind one button: it closes when one is chosen. */
export const Menu = (props: Props): JSX.Element => <Panel {...props} isMenu />;

function Panel({ label, look, isMenu = false, children }: Props & { readonly isMenu?: boolean }): JSX.Element {
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
    const choose = (): void => {
        if (isMenu && details.current) details.current.open = false;
    };
    return (
        <details ref={details} className="menu">
            <summary className={joined("button", look && `button-${look}`)}>{label}</summary>
            <div
                className={joined("menu-panel", isMenu && "menu-list")}
                role="group"
                aria-label={label.replace("…", "")}
                onClick={choose}
            >
                {children}
            </div>
        </details>
    );
}
