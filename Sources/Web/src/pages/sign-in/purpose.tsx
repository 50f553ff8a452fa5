import type { ReactNode } from "react";
import { purposeOf } from "../../lib/purpose";

interface Props {
    /** Where the visitor comes back to. */
    readonly to: string;
    /** What is to be done first. */
    readonly children: ReactNode;
}

/** Why somebody stands at the door, in one line; nothing where they came by themselves. */
export function Purpose({ to, children }: Props): JSX.Element | null {
    const purpose = purposeOf(to);
    return purpose === null ? null : (
        <p className="door-sub" data-testid="purpose">
            {children} {purpose}.
        </p>
    );
}
