import { type CheckStatus, type Readiness, readHealth } from "../../api/health";
import { decimal } from "../../lib/format";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";

const key = "health";
type Part = keyof Readiness["checks"];
const partNames: Readonly<Record<Part, string>> = {
    database: "Database",
    schema: "Database schema",
    backtestDaemon: "Backtest daemon",
    marketData: "Market data",
    serverSecret: "Server secret",
};
const parts = Object.keys(partNames) as Part[];
const statusWords: Readonly<Record<CheckStatus, string>> = { up: "Up", down: "Down", not_configured: "Not configured" };

/** The whole in one sentence. The service can be ready although a part that it can do without is not. */
function summaryOf(health: Readiness): { readonly text: string; readonly status: CheckStatus } {
    const { status, checks, draining } = health;
    // On purpose, and no fault: what is down of its parts stands below all the same.
    if (draining) return { text: "This host is drained for work on it, and takes no new runs.", status: "not_configured" };
    if (status === "unavailable") return { text: "The service is down.", status: "down" };
    if (parts.every((part) => checks[part].status === "up")) return { text: "Everything works.", status: "up" };
    return { text: "The service is up, but not every part of it.", status: "not_configured" };
}

/** Whether the service can do its work, part by part. Asked once; the reader asks again when they want to know. */
export function HealthCard(): JSX.Element {
    const [health, checkAgain] = useResource<Readiness>(key, readHealth);
    return (
        <div className="card" role="group" aria-labelledby="health-heading" data-testid="health">
            <div className="card-head">
                <h3 id="health-heading">Service</h3>
                {health.state === "ready" && (
                    <button type="button" onClick={() => checkAgain()}>
                        Check again
                    </button>
                )}
            </div>
            {health.state === "loading" && <Skeleton label="Checking the service" lines={4} />}
            {health.state === "failed" && (
                <FailureNotice what="The status did not load." error={health.error} retry={checkAgain} />
            )}
            {health.state === "ready" && <Report health={health.value} />}
        </div>
    );
}

function Report({ health }: { health: Readiness }): JSX.Element {
    const summary = summaryOf(health);
    return (
        <>
            <p className={`health-summary status-${summary.status}`} role="status">
                <StatusMark status={summary.status} /> {summary.text}
            </p>
            <ul className="checks">
                {parts.map((part) => (
                    <CheckRow key={part} part={part} check={health.checks[part]} />
                ))}
            </ul>
        </>
    );
}

const CheckRow = ({ part, check }: { part: Part; check: Readiness["checks"][Part] }): JSX.Element => (
    <li className={`status-${check.status}`} data-check={part}>
        <StatusMark status={check.status} />
        <span className="check-name">{partNames[part]}</span>
        <span className="check-time">
            {check.latencyMs !== null && `${decimal(check.latencyMs, 1)} ms`}
        </span>
        <span className="check-status">{statusWords[check.status]}</span>
        {check.detail !== null && <span className="check-detail">{check.detail}</span>}
    </li>
);

/** A tick, a cross or a ring: the shape says what the colour does. */
const StatusMark = ({ status }: { status: CheckStatus }): JSX.Element => (
    <svg viewBox="0 0 16 16" width="14" height="14" className="status-mark" aria-hidden="true">
        <circle cx="8" cy="8" r="7" className="status-ground" />
        <path d={marks[status]} fill="none" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
);

const marks: Readonly<Record<CheckStatus, string>> = {
    up: "m4.8 8.2 2.2 2.2 4.2-4.6",
    down: "m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2",
    not_configured: "M5 8h6",
};
