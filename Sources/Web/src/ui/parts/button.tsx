import { type ButtonHTMLAttributes, forwardRef, type MouseEvent, type ReactNode } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    readonly kind?: "plain" | "primary" | "danger" | "quiet";
    /** In a dialog: has the focus first. */
    readonly "data-first"?: boolean;
    /** Something that it began is under way: it cannot be pressed, and says so. */
    readonly isBusy?: boolean;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(props, ref) {
    const { kind = "plain", isBusy = false, className, children, onClick, ...rest } = props;
    return (
        <button
            ref={ref}
            type="button"
            className={joined(kind === "plain" ? "" : `button-${kind}`, className)}
            {...rest}
            aria-busy={isBusy || undefined}
            // Not `disabled`: the focus would be lost, to the document's start.
            aria-disabled={isBusy || rest["aria-disabled"]}
            onClick={isBusy ? doNothing : onClick}
        >
            {children}
        </button>
    );
});

/** Neither what the button does nor, in a form, what it sends. */
const doNothing = (event: MouseEvent): void => event.preventDefault();

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    /** What it does: read out, and shown under a resting pointer. */
    readonly label: string;
    /** The picture. */
    readonly children: ReactNode;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(props, ref) {
    const { label, className, ...rest } = props;
    return (
        <button
            ref={ref}
            type="button"
            className={joined("button-icon", className)}
            aria-label={label}
            title={label}
            {...rest}
        />
    );
});

/** Class names of one element; those that are not there are left out. */
export const joined = (...names: (string | false | null | undefined)[]): string | undefined =>
    names.filter(Boolean).join(" ") || undefined;
