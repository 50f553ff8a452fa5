import { postAuthWebauthnLoginOptionsBounds, type Profile } from "api-types";
import "../shared";
import { useEffect, useState } from "react";
import { readWays, type Ways } from "../api/account";
import { signIn } from "../api/passkeys";
import { signedIn } from "../api/session";
import { recoverPath, returnPath, signInPath, signUpPath } from "../lib/routes";
import { signInError } from "../lib/words";
import { faultOf, Form, mistake, TextField } from "../ui/form";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { FailureNotice, Skeleton } from "../ui/notices";
import { ProviderLinks } from "../ui/providers";
import { useAccount } from "../ui/use-account";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { Purpose } from "./sign-in/purpose";
import { supportFault } from "./sign-in/support";
import { useOffer } from "./sign-in/use-offer";

export default function SignIn(): JSX.Element {
    const parameters = new URLSearchParams(useQuery());
    const code = parameters.get("error");
    const account = useAccount();
    const [ways, retry] = useResource<Ways>("ways", readWays);
    const to = returnPath(location.search);
    useEffect(() => {
        // Linking an account elsewhere may fail here for someone who is signed in: they see why first.
        if (account.state === "signed-in" && code === null)
            navigate(account.profile.session?.kind === "recovery" ? recoverPath(to) : to, { replace: true });
    }, [account, code, to]);
    const isEnded = account.state === "visitor" && account.hasEnded;
    return (
        <div className="page page-door">
            <PageHeading title="Sign in · BitStockerz">Sign in</PageHeading>
            {account.state !== "signed-in" && code === null && !isEnded && (
                <Purpose to={to}>
                    Sign in
                    {(ways.state !== "ready" || ways.value.registration !== "closed") && (
                        <>
                            {" "}
                            or <Link href={signUpPath(to)}>create an account</Link>
                        </>
                    )}
                </Purpose>
            )}
            {code !== null && (
                <p className="banner" role="alert">
                    {signInError(code)}
                </p>
            )}
            {isEnded && code === null && (
                <p className="banner" role="status">
                    Your session has ended. Sign in to carry on where you left off.
                </p>
            )}
            {parameters.has("deleted") && (
                <p className="banner" role="status">
                    Your account and your personal data have been deleted.
                </p>
            )}
            {ways.state === "loading" && <Skeleton label="Loading the sign-in options" lines={4} className="card" />}
            {ways.state === "failed" && (
                <FailureNotice what="The sign-in options did not load." error={ways.error} retry={retry} />
            )}
            {ways.state === "ready" && account.state === "signed-in" && code !== null && (
                <p className="card">
                    You are signed in. <Link href="/settings">Go to settings</Link>
                </p>
            )}
            {ways.state === "ready" && account.state !== "signed-in" && <Door ways={ways.value} to={to} />}
        </div>
    );
}

function Door({ ways, to }: { ways: Ways; to: string }): JSX.Element {
    const [email, setEmail] = useState("");
    const [work, run] = useWork();
    const [refusal, setRefusal] = useState<unknown>(null);
    const unsupported = supportFault();
    const isOffered = ways.passkeys && unsupported === null && !work.isRunning && refusal === null;
    const enter = (profile: Profile): void => {
        signedIn(profile);
        navigate(to, { replace: true });
    };
    useOffer(isOffered, enter, setRefusal);
    const submit = (): void => {
        setRefusal(null);
        // What went wrong at a provider is over.
        if (new URLSearchParams(location.search).has("error")) navigate(signInPath(to), { replace: true });
        void run(async () => {
            const written = email.trim();
            if (written !== "" && !/^[^@\s]+@[^@\s]+$/.test(written))
                throw mistake("email", "Enter a full email address, or leave it empty.");
            enter(await signIn(written || null));
        });
    };
    const shown = refusal === null ? work : { isRunning: work.isRunning, error: refusal, clear: () => setRefusal(null) };
    return (
        <>
            <div className="card form">
                {unsupported !== null && <p className="banner">{unsupported}</p>}
                {!ways.passkeys && (
                    <p className="banner">Passkeys are not set up here yet: the server needs PUBLIC_ORIGINS.</p>
                )}
                <Form work={shown} submit={submit} what="You are not signed in." fields={["email"]} label="Sign in">
                    <TextField
                        label="Email"
                        type="email"
                        name="email"
                        autoComplete="username webauthn"
                        inputMode="email"
                        maxLength={postAuthWebauthnLoginOptionsBounds.email.maxLength}
                        value={email}
                        change={setEmail}
                        fault={faultOf(shown.error, "email")}
                        hint="Leave it empty to pick from the passkeys on this device."
                    />
                    <button
                        type="submit"
                        className="button-primary button-wide"
                        disabled={work.isRunning || unsupported !== null || !ways.passkeys}
                    >
                        {work.isRunning ? "Waiting for your passkey\u2026" : "Sign in with a passkey"}
                    </button>
                </Form>
                <ProviderLinks providers={ways.providers} returnTo={to} />
            </div>
            <p className="door-links">
                <Link href={recoverPath(to)}>Lost your passkey?</Link>
                {ways.registration !== "closed" && <Link href={signUpPath(to)}>Create an account</Link>}
            </p>
        </>
    );
}
