import type { ReactNode } from "react";
import { Explained } from "./explained";

interface StatProps {
    readonly label: string;
    readonly value: ReactNode;
    /** What stands below it, smaller: another figure to hold against it. */
    readonly detail?: ReactNode;
    /** How it is computed, in a sentence or two. */
    readonly explain?: string | undefined;
    readonly tone?: "up" | "down" | "good" | "bad" | undefined;
}

/** One headline figure. Several stand in a `Stats`. */
export const Stat = ({ label, value, detail, explain, tone }: StatProps): JSX.Element => (
    <div className="stat">
        <dt>
            {label}
            {explain !== undefined && <Explained label={label} text={explain} />}
        </dt>
        <dd className={`stat-value ${tone ?? ""}`}>{value}</dd>
        {detail !== undefined && <dd className="stat-detail">{detail}</dd>}
    </div>
);

export const Stats = ({ children }: { children: ReactNode }): JSX.Element => <dl className="stats">{children}</dl>;
