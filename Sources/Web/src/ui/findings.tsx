/* What was found in the bars of a series, a sentence each, as the server says it. */
import type { Finding, Severity } from "api-types";
import type { ReactNode } from "react";
import type { Interval } from "../lib/bars";
import { checkName, findingTime, severityNames } from "../lib/data/checks";
import type { Tone } from "../lib/data/standing";

const toneOf: Readonly<Record<Severity, Tone>> = { error: "bad", warning: "warning", info: "note" };

interface Props {
    readonly findings: readonly Finding[];
    readonly interval: Interval;
    /** What can be done with one. */
    readonly action?: ((finding: Finding) => ReactNode) | undefined;
}

export const Findings = ({ findings, interval, action }: Props): JSX.Element => (
    <ul className="findings">
        {findings.map((finding) => (
            <li key={finding.id} className={finding.isDismissed ? "finding finding-dismissed" : "finding"}>
                <ToneMark tone={toneOf[finding.severity]} />
                <div>
                    <p className="finding-head">
                        <strong>{checkName(finding.check)}</strong>{" "}
                        <span className="dim">
                            {severityNames[finding.severity]} · {findingTime(finding, interval)}
                            {finding.isDismissed && " · dismissed"}
                        </span>
                    </p>
                    <p>{finding.detail}</p>
                </div>
                {action?.(finding)}
            </li>
        ))}
    </ul>
);

/** A tick, an i, a triangle, a cross: the shape says what the colour does. */
export const ToneMark = ({ tone }: { tone: Tone }): JSX.Element => (
    <svg viewBox="0 0 16 16" width="14" height="14" className={`tone-mark tone-${tone}`} aria-hidden="true">
        <path d={shapes[tone]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
);

const shapes: Readonly<Record<Tone, string>> = {
    good: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM5.2 8.2l2 2 3.6-4.2",
    note: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 7.4v3.6M8 5v.1",
    warning: "M8 2 14.5 13.8h-13zM8 6.4v3.4M8 11.8v.1",
    bad: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
};
