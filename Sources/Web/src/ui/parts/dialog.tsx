import { type ReactNode, useEffect, useId, useRef } from "react";
import { unturned } from "../../lib/format";
import { CloseIcon } from "../icons";
import { Button, IconButton } from "./button";

interface DialogProps {
    readonly title: string;
    readonly isOpen: boolean;
    readonly close: () => void;
    /** Buttons in its last line. */
    readonly actions?: ReactNode;
    readonly isWide?: boolean;
    readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, gives it back, and Escape closes it. */
export function Dialog({ title, isOpen, close, actions, isWide = false, children }: DialogProps): JSX.Element {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        if (isOpen && dialog.current?.open === false) {
            dialog.current.showModal();
            // The browser would take the first control, which closes it.
            dialog.current.querySelector<HTMLElement>("[data-first]")?.focus();
        }
        if (!isOpen && dialog.current?.open === true) dialog.current.close();
    }, [isOpen]);
    return (
        <dialog
            ref={dialog}
            className={isWide ? "dialog dialog-wide" : "dialog"}
            aria-labelledby={id}
            onCancel={(event) => {
                event.preventDefault();
                close();
            }}
            onClose={() => isOpen && close()}
            // The element itself is hit only where its content is not.
            onMouseDown={(event) => event.target === dialog.current && close()}
        >
            {isOpen && (
                <div className="dialog-body">
                    <div className="dialog-head">
                        <h2 id={id}>{unturned(title)}</h2>
                        <IconButton label="Close" onClick={close}>
                            <CloseIcon />
                        </IconButton>
                    </div>
                    {children}
                    {actions !== undefined && <div className="dialog-actions">{actions}</div>}
                </div>
            )}
        </dialog>
    );
}

interface QuestionProps {
    readonly title: string;
    readonly isOpen: boolean;
    readonly yes: string;
    readonly no?: string;
    readonly isBusy?: boolean;
    readonly agree: () => void;
    readonly decline: () => void;
    readonly children: ReactNode;
}

/** Asks before something that cannot be taken back. The harmless answer has the focus. */
export const Question = (props: QuestionProps): JSX.Element => (
    <Dialog
        title={props.title}
        isOpen={props.isOpen}
        close={props.decline}
        actions={
            <>
                <Button data-first onClick={props.decline}>
                    {props.no ?? "Cancel"}
                </Button>
                <Button kind="danger" isBusy={props.isBusy ?? false} onClick={props.agree}>
                    {props.yes}
                </Button>
            </>
        }
    >
        {props.children}
    </Dialog>
);
