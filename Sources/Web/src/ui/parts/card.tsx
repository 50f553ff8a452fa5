import { type ReactNode, useId } from "react";
import { joined } from "./button";

interface CardProps {
    readonly title?: ReactNode;
    /** Controls beside the title. */
    readonly actions?: ReactNode;
    /** For a card without a title. */
    readonly label?: string;
    /** Its content reaches the edges: a table, a chart. */
    readonly isFlush?: boolean;
    readonly className?: string;
    readonly children: ReactNode;
}

export function Card({ title, actions, label, isFlush = false, className, children }: CardProps): JSX.Element {
    const id = useId();
    const hasHead = title !== undefined || actions !== undefined;
    return (
        <section
            className={joined("card", isFlush && "card-edge", className)}
            aria-labelledby={title !== undefined ? id : undefined}
            aria-label={title === undefined ? label : undefined}
        >
            {hasHead && (
                <div className="card-head">
                    {title !== undefined && <h2 id={id}>{title}</h2>}
                    {actions !== undefined && <div className="card-actions">{actions}</div>}
                </div>
            )}
            {children}
        </section>
    );
}
