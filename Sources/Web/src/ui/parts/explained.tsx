import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { InfoIcon } from "../icons";

interface Props {
    /** Of what. */
    readonly label: string;
    readonly text: ReactNode;
}

interface DisclosedProps {
    /** What the button is called. */
    readonly label: string;
    readonly text: ReactNode;
    readonly className: string;
    /** What the button shows. */
    readonly children: ReactNode;
}

const gap = 6;
const edge = 8;

/** A small button that says, in a sentence or two, what a figure or field is and how it is computed. */
export const Explained = ({ label, text }: Props): JSX.Element => (
    <Disclosed label={`About ${label}`} text={text} className="explained-button">
        <InfoIcon />
    </Disclosed>
);

/** A button that says more in a panel beside it, by mouse, key and touch alike. */
export function Disclosed({ label, text, className, children }: DisclosedProps): JSX.Element {
    const [isOpen, setOpen] = useState(false);
    const button = useRef<HTMLButtonElement>(null);
    const panel = useRef<HTMLSpanElement>(null);
    const id = useId();
    useEffect(() => {
        const [from, box] = [button.current, panel.current];
        if (!isOpen || !from || !box) return;
        // Beside its button, inside the window, wherever that is scrolled to; above it where there is no room below.
        const place = (): void => {
            const at = from.getBoundingClientRect();
            const right = document.documentElement.clientWidth - box.offsetWidth - edge;
            const isBelow = at.bottom + gap + box.offsetHeight <= innerHeight || at.top < box.offsetHeight + gap;
            box.style.left = `${Math.max(edge, Math.min(at.left - gap, right))}px`;
            box.style.top = `${isBelow ? at.bottom + gap : at.top - gap - box.offsetHeight}px`;
        };
        place();
        const close = (): void => setOpen(false);
        const press = (event: KeyboardEvent): void => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
        };
        const touch = (event: Event): void => {
            if (!from.contains(event.target as Node) && !box.contains(event.target as Node)) close();
        };
        document.addEventListener("keydown", press, true);
        document.addEventListener("pointerdown", touch);
        window.addEventListener("scroll", place, true);
        window.addEventListener("resize", place);
        return () => {
            document.removeEventListener("keydown", press, true);
            document.removeEventListener("pointerdown", touch);
            window.removeEventListener("scroll", place, true);
            window.removeEventListener("resize", place);
        };
    }, [isOpen]);
    return (
        <span className="explained">
            <button
                ref={button}
                type="button"
                className={className}
                aria-label={label}
                aria-expanded={isOpen}
                aria-controls={isOpen ? id : undefined}
                onClick={() => setOpen(!isOpen)}
                onBlur={() => setOpen(false)}
            >
                {children}
            </button>
            {/* Always there, to be heard when it fills. */}
            <span ref={panel} id={id} role="status" className={isOpen ? "explained-panel" : "visually-hidden"}>
                {isOpen && text}
            </span>
        </span>
    );
}
