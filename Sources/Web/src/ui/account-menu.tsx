/* Who is signed in, in the header: a way in for visitors, a small menu for users. */
import { useEffect, useRef, useState } from "react";
import type { Profile } from "api-types";
import { type Place, signInPath } from "../lib/routes";
import { Link, navigate } from "./navigation";
import { useAccount } from "./use-account";
import { useSignOut } from "./use-sign-out";

export const nameOf = ({ displayName, email }: Profile): string => displayName ?? email ?? "Your account";

export function AccountMenu({ place }: { place: Place }): JSX.Element {
    const account = useAccount();
    const isAway = place.page === "sign-in" || place.page === "sign-up" || place.page === "recover";
    return (
        <div className="account">
            {account.state === "signed-in" ? (
                <Menu profile={account.profile} />
            ) : account.state === "visitor" && !isAway ? (
                <SignInLink />
            ) : (
                account.state === "failed" && <Link href="/settings">Account</Link>
            )}
        </div>
    );
}

/** Comes back to where it was clicked, with the state that is in the address by then. */
function SignInLink(): JSX.Element {
    return (
        <Link
            href="/sign-in"
            className="button"
            onClick={(event) => {
                const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
                if (!isPlain) return;
                event.preventDefault();
                navigate(signInPath(location.pathname + location.search));
            }}
        >
            Sign in
        </Link>
    );
}

function Menu({ profile }: { profile: Profile }): JSX.Element {
    const [isOpen, setOpen] = useState(false);
    const [work, leave] = useSignOut();
    const menu = useRef<HTMLDivElement>(null);
    const button = useRef<HTMLButtonElement>(null);
    const name = nameOf(profile);
    useEffect(() => {
        if (!isOpen) return;
        const leave = (event: Event): void => {
            if (!menu.current?.contains(event.target as Node)) setOpen(false);
        };
        document.addEventListener("pointerdown", leave);
        document.addEventListener("focusin", leave);
        return () => {
            document.removeEventListener("pointerdown", leave);
            document.removeEventListener("focusin", leave);
        };
    }, [isOpen]);
    const close = (): void => setOpen(false);
    return (
        <div
            ref={menu}
            className="account-menu"
            onKeyDown={(event) => {
                if (event.key !== "Escape" || !isOpen) return;
                close();
                button.current?.focus();
            }}
        >
            <button
                ref={button}
                type="button"
                className="account-button"
                aria-expanded={isOpen}
                aria-label={`Account: ${name}`}
                onClick={() => setOpen(!isOpen)}
            >
                <span className="account-initial" aria-hidden="true">
                    {[...name][0]?.toUpperCase()}
                </span>
                <bdi className="account-name">{name}</bdi>
            </button>
            <div className="account-panel" hidden={!isOpen}>
                <p>
                    <b>
                        <bdi>{name}</bdi>
                    </b>
                    {profile.email !== null && profile.email !== name && <span className="dim">{profile.email}</span>}
                </p>
                {profile.session?.kind === "full" ? (
                    <>
                        <Link href="/settings" onClick={close}>
                            Settings
                        </Link>
                        <Link href="/data" onClick={close}>
                            Data
                        </Link>
                    </>
                ) : (
                    <Link href="/recover" onClick={close}>
                        Add a passkey
                    </Link>
                )}
                <button type="button" disabled={work.isRunning} onClick={leave}>
                    Sign out
                </button>
                {work.error !== null && (
                    <span role="alert" className="field-fault">
                        {work.error instanceof Error ? work.error.message : "Signing out failed."}
                    </span>
                )}
            </div>
        </div>
    );
}
