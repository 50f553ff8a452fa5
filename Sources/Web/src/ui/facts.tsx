import type { ReactNode } from "react";

export type Fact = readonly [name: string, value: ReactNode];

/** What is known of one thing, name by name. */
export const Facts = ({ facts }: { facts: readonly Fact[] }): JSX.Element => (
    <dl className="data-facts">
        {facts.map(([name, value]) => (
            <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        ))}
    </dl>
);
