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
        navigate("/");
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
                        label="End all others"
                        about=""
                        question="Every other browser is signed out."
                        yes="End them"
                        isRunning={work.isRunning}
                        run={() => void endOthers()}
                    />
                )}
            </div>
            <p className="dim">
                A session ends by itself after 14 days without use, and after 90 days in any case. End what you do not
                know.
            </p>
            {work.error !== null && <FailureNotice what="Not every session has ended." error={work.error} />}
            {list.state === "loading" && <Skeleton label="Loading your sessions" lines={3} />}
            {list.state === "failed" && (
                <FailureNotice what="Your sessions could not be loaded." error={list.error} retry={reload} />
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
                                label={session.isCurrent ? "Sign out" : "End"}
                                about={session.device}
                                question={session.isCurrent ? "Sign out here?" : "It has to sign in again."}
                                yes={session.isCurrent ? "Sign out" : "End it"}
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
