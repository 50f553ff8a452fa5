import { useState } from "react";
import { type Profile, type Role, roleWords } from "api-types";
import { changeUser, listUsers, type Page, type User } from "../../api/access";
import { asConfirmedUser } from "../../api/confirmed";
import { asUser } from "../../api/session";
import { counted } from "../../lib/format";
import { ConfirmButton } from "../../ui/confirm";
import { navigate, useQuery } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";

const perPage = 50;

/** For admins: who has an account, with which role, and who is shut out. */
export function Users({ profile }: { profile: Profile }): JSX.Element {
    const page = Math.max(1, Math.floor(Number(new URLSearchParams(useQuery()).get("page")) || 1));
    const [list, reload] = useResource<Page<User>>(`users ${page}`, () =>
        asUser(() => listUsers((page - 1) * perPage)),
    );
    const [work, run] = useWork();
    const [said, setSaid] = useState("");
    const change = async (user: User, values: { role?: Role; disabled?: boolean }): Promise<void> => {
        setSaid("");
        if (await run(() => asConfirmedUser(() => changeUser(user.id, values)))) setSaid(`${called(user)} changed`);
        reload({ isQuiet: true });
    };
    const turn = (to: number): void => navigate(to === 1 ? "/settings/users" : `/settings/users?page=${to}`);
    if (profile.role !== "admin")
        return <EmptyNotice title="Administrators only.">Your account cannot see other users.</EmptyNotice>;
    return (
        <section className="card form" aria-labelledby="users-heading">
            <h2 id="users-heading">Users</h2>
            <p className="dim">
                Invite someone with <code>bitstockerz user invite</code>. Help someone who is locked out with{" "}
                <code>bitstockerz user recover</code>.
            </p>
            <p role="status" className={said ? "dim" : "visually-hidden"}>
                {said}
            </p>
            {work.error !== null && <FailureNotice what="The user was not changed." error={work.error} />}
            {list.state === "loading" && <Skeleton label="Loading the users" lines={6} />}
            {list.state === "failed" && (
                <FailureNotice what="The users did not load." error={list.error} retry={reload} />
            )}
            {list.state === "ready" && (
                <ul className="rows">
                    {list.value.items.map((user) => (
                        <li key={user.id}>
                            <span>
                                <b>
                                    <bdi>{called(user)}</bdi>
                                    {user.id === profile.id && <span className="badge">You</span>}
                                    {user.disabled && <span className="badge badge-bad">Disabled</span>}
                                </b>
                                <small>
                                    {user.displayName !== null && user.email !== null && `${user.email} \u00B7 `}
                                    {counted(user.passkeyCount, "passkey")}
                                    {" \u00B7 "}
                                    {user.lastSeenAt === null ? (
                                        "not signed in"
                                    ) : (
                                        <>
                                            last seen <When at={user.lastSeenAt} />
                                        </>
                                    )}
                                </small>
                            </span>
                            <span className="row">
                                <select
                                    aria-label={`Role of ${called(user)}`}
                                    value={user.role}
                                    disabled={work.isRunning}
                                    onChange={(event) => void change(user, { role: event.target.value as Role })}
                                >
                                    {roleWords.map((role) => (
                                        <option key={role}>{role}</option>
                                    ))}
                                </select>
                                {user.disabled ? (
                                    <button
                                        type="button"
                                        aria-label={`Enable ${called(user)}`}
                                        disabled={work.isRunning}
                                        onClick={() => void change(user, { disabled: false })}
                                    >
                                        Enable
                                    </button>
                                ) : (
                                    user.id !== profile.id && (
                                        <ConfirmButton
                                            label="Disable"
                                            about={called(user)}
                                            question="This ends all their sessions."
                                            yes="Disable"
                                            isRunning={work.isRunning}
                                            run={() => void change(user, { disabled: true })}
                                        />
                                    )
                                )}
                            </span>
                        </li>
                    ))}
                </ul>
            )}
            {list.state === "ready" && (page > 1 || list.value.hasMore) && (
                <nav className="pager" aria-label="Pages of users">
                    <button type="button" disabled={page === 1} onClick={() => turn(page - 1)}>
                        Earlier
                    </button>
                    <span role="status">Page {page}</span>
                    <button type="button" disabled={!list.value.hasMore} onClick={() => turn(page + 1)}>
                        Later
                    </button>
                </nav>
            )}
        </section>
    );
}

const called = (user: User): string => user.displayName ?? user.email ?? "No name";
