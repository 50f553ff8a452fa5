import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    readonly kind?: "plain" | "primary" | "danger" | "quiet";
    /** In a dialog: has the focus first. */
    readonly "data-first"?: boolean;
    /** Something that it began is under way: it cannot be pressed, and says so. */
    readonly isBusy?: boolean;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(props, ref) {
    const { kind = "plain", isBusy = false, disabled, className, children, ...rest } = props;
    return (
        <button
            ref={ref}
            type="button"
            aria-busy={isBusy || undefined}
            disabled={disabled === true || isBusy}
            className={joined(kind === "plain" ? "" : `button-${kind}`, className)}
            {...rest}
        >
            {children}
        </button>
    );
});

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
