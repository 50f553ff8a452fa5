import { endOtherSessions, endSession, listSessions, type Session } from "../../api/access";
import { asUser, signedOut } from "../../api/session";
import { methodInWords } from "../../lib/words";
import { ConfirmButton } from "../../ui/confirm";
import { navigate } from "../../ui/navigation";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { Rows } from "../../ui/rows";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";

export function Sessions(): JSX.Element {
    const [list, reload] = useResource<readonly Session[]>("sessions", () => asUser(listSessions));
    const [work, run] = useWork();
    const end = async (session: Session): Promise<void> => {
        if (!(await run(() => asUser(() => endSession(session.id))))) return;
        if (!session.isCurrent) return reload({ isQuiet: true });
        navigate("/", { force: true });
        signedOut({ hasEnded: false });
    };
    const endOthers = async (): Promise<void> => {
        if (await run(() => asUser(endOtherSessions))) reload({ isQuiet: true });
    };
    return (
        <section className="card form" aria-labelledby="sessions-heading">
            <div className="card-head">
                <h2 id="sessions-heading">Where you are signed in</h2>
                {list.state === "ready" && list.value.length > 1 && (
                    <ConfirmButton
                        label="Sign out all others"
                        about=""
                        question="This signs out every other browser."
                        yes="Sign them out"
                        isRunning={work.isRunning}
                        run={() => void endOthers()}
                    />
                )}
            </div>
            <p className="dim">
                Sessions end after 14 days without use, and after 90 days at most. Sign out any you do not recognise.
            </p>
            {work.error !== null && <FailureNotice what="Some sessions are still open." error={work.error} />}
            {list.state === "loading" && <Skeleton label="Loading your sessions" lines={3} />}
            {list.state === "failed" && (
                <FailureNotice what="Your sessions did not load." error={list.error} retry={reload} />
            )}
            {list.state === "ready" && (
                <Rows count={list.value.length}>
                    {list.value.map((session) => (
                        <li key={session.id}>
                            <span>
                                <b>
                                    {session.device}
                                    {session.isCurrent && <span className="badge">This browser</span>}
                                </b>
                                <small>
                                    Signed in {methodInWords(session.method)} <When at={session.createdAt} />
                                    {" \u00B7 "}last seen <When at={session.lastSeenAt} />
                                </small>
                            </span>
                            <ConfirmButton
                                label="Sign out"
                                about={session.device}
                                question={session.isCurrent ? "Sign out here?" : "Sign out that browser?"}
                                yes="Sign out"
                                isRunning={work.isRunning}
                                run={() => void end(session)}
                            />
                        </li>
                    ))}
                </Rows>
            )}
        </section>
    );
}
