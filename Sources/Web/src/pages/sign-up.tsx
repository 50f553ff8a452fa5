import { postAuthWebauthnRegisterOptionsBounds } from "api-types";
import "../shared";
import { useEffect, useState } from "react";
import { readWays, type Ways } from "../api/account";
import { register } from "../api/passkeys";
import { signedIn } from "../api/session";
import { linkSecret, returnPath, signInPath, signUpPath } from "../lib/routes";
import { nameOf } from "../ui/account-menu";
import { faultOf, Form, mistake, TextField } from "../ui/form";
import { Link, navigate, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { ProviderLinks } from "../ui/providers";
import { RecoveryCodes } from "../ui/secrets";
import { useAccount } from "../ui/use-account";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { Purpose } from "./sign-in/purpose";
import { supportFault } from "./sign-in/support";

export default function SignUp(): JSX.Element {
    const account = useAccount();
    const [ways, retry] = useResource<Ways>("ways", readWays);
    const [invitation] = useState(() => linkSecret("invitation", location.search, location.hash));
    const [codes, setCodes] = useState<readonly string[] | null>(null);
    const [to] = useState(() => returnPath(location.search));
    useEffect(() => {
        // The link's secret is kept here now, not in the address that others may see or the history keeps.
        if (invitation !== "") navigate(signUpPath(to), { replace: true, force: true });
    }, [invitation, to]);
    if (codes !== null) {
        return (
            <div className="page page-door">
                <PageHeading key="codes" title="Recovery codes · BitStockerz">
                    Welcome to BitStockerz
                </PageHeading>
                <RecoveryCodes
                    codes={codes}
                    account={account.state === "signed-in" ? nameOf(account.profile) : "this account"}
                    done={() => navigate(to)}
                />
            </div>
        );
    }
    const needsInvitation = ways.state === "ready" && ways.value.registration === "invite" && invitation === "";
    return (
        <div className="page page-door">
            <PageHeading title="Create an account · BitStockerz">Create an account</PageHeading>
            {account.state !== "signed-in" && <Purpose to={to}>Create an account</Purpose>}
            {account.state !== "signed-in" && (
                // Said to everybody, before anything is typed: whether an email is known here is nobody's business.
                <p className="door-sub">
                    Already have an account? <Link href={signInPath(to)}>Sign in</Link>. Signing up again makes a second,
                    empty account, even with the same email.
                </p>
            )}
            {ways.state === "loading" && <Skeleton label="Loading the sign-up options" lines={4} className="card" />}
            {ways.state === "failed" && (
                <FailureNotice what="The sign-up options did not load." error={ways.error} retry={retry} />
            )}
            {ways.state === "ready" &&
                (account.state === "signed-in" ? (
                    <p className="card">
                        You are signed in as {nameOf(account.profile)}.{" "}
                        <Link href="/settings">Go to settings</Link>
                    </p>
                ) : ways.value.registration === "closed" ? (
                    <EmptyNotice title="Sign-up is closed.">
                        Whoever runs this server is not taking new accounts right now.
                    </EmptyNotice>
                ) : needsInvitation ? (
                    <EmptyNotice title="You need an invitation to sign up.">
                        Ask whoever runs this server for a link and open it in this browser.
                    </EmptyNotice>
                ) : (
                    <NewAccount ways={ways.value} invitation={invitation} to={to} keep={setCodes} />
                ))}
        </div>
    );
}

interface NewAccountProps {
    readonly ways: Ways;
    readonly invitation: string;
    readonly to: string;
    readonly keep: (codes: readonly string[]) => void;
}

function NewAccount({ ways, invitation, to, keep }: NewAccountProps): JSX.Element {
    const [email, setEmail] = useState("");
    const [name, setName] = useState("");
    const [work, run] = useWork();
    const unsupported = supportFault();
    const submit = (): void =>
        void run(async () => {
            const written = email.trim();
            if (!/^[^@\s]+@[^@\s]+$/.test(written)) throw mistake("email", "Enter your full email address.");
            const { user, recoveryCodes } = await register({
                email: written,
                ...(name.trim() && { display_name: name.trim() }),
                ...(invitation && { invitation }),
            });
            // Before the account shows: the codes must stand there first.
            keep(recoveryCodes ?? []);
            signedIn(user);
        });
    return (
        <div className="card form">
            <p>
                No password to remember: a <b>passkey</b> on your phone, computer, password manager or security key signs
                you in with your fingerprint, face or PIN. Those never leave your device.
            </p>
            {unsupported !== null && <p className="banner">{unsupported}</p>}
            {invitation !== "" && <p className="dim">You have been invited.</p>}
            <Form
                work={work}
                submit={submit}
                what="Your account was not created."
                fields={["email", "display_name"]}
                label="Create an account"
            >
                <TextField
                    label="Email"
                    type="email"
                    name="email"
                    autoComplete="username"
                    inputMode="email"
                    maxLength={postAuthWebauthnRegisterOptionsBounds.email.maxLength}
                    required
                    value={email}
                    change={setEmail}
                    fault={faultOf(work.error, "email")}
                    hint="Names your account and passkey. We send no mail to it."
                />
                <TextField
                    label="Name (optional)"
                    name="name"
                    autoComplete="name"
                    maxLength={postAuthWebauthnRegisterOptionsBounds.display_name.maxLength}
                    value={name}
                    change={setName}
                    fault={faultOf(work.error, "display_name")}
                />
                <button
                    type="submit"
                    className="button-primary button-wide"
                    disabled={work.isRunning || unsupported !== null || !ways.passkeys}
                >
                    {work.isRunning ? "Waiting for your passkey\u2026" : "Create account with a passkey"}
                </button>
            </Form>
            <ProviderLinks providers={ways.providers} returnTo={to} invitation={invitation} />
        </div>
    );
}
