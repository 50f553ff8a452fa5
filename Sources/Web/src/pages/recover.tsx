import { postAuthRecoverBounds } from "api-types";
import "../shared";
import { useEffect, useState } from "react";
import { recover, register } from "../api/passkeys";
import { asUser, signedIn } from "../api/session";
import { linkSecret, recoveredPath, recoverPath, returnPath, signInPath } from "../lib/routes";
import { faultOf, Form, mistake, TextField } from "../ui/form";
import { Link, navigate, PageHeading } from "../ui/navigation";
import { useAccount } from "../ui/use-account";
import { useWork } from "../ui/use-work";
import { supportFault } from "./sign-in/support";

/** The way back in for someone who has lost every passkey: a code or link, then at once a new passkey. */
export default function Recover(): JSX.Element {
    const account = useAccount();
    const [link] = useState(() => linkSecret("code", location.search, location.hash));
    const [to] = useState(() => returnPath(location.search));
    useEffect(() => {
        if (link !== "") navigate(recoverPath(to), { replace: true, force: true });
    }, [link, to]);
    const isBack = account.state === "signed-in" && account.profile.session?.kind === "recovery";
    return (
        <div className="page page-door">
            <PageHeading title="Recover your account · BitStockerz">Recover your account</PageHeading>
            {isBack ? <NewPasskey to={to} /> : <CodeEntry link={link} />}
            {!isBack && (
                <>
                    <section className="card form" aria-labelledby="lost-heading">
                        <h2 id="lost-heading">Lost a device?</h2>
                        <ol className="steps">
                            <li>
                                Another device or a synced password manager may still have a passkey:{" "}
                                <Link href={signInPath(to)}>sign in with it</Link>.
                            </li>
                            <li>Otherwise, use one of the ten recovery codes you saved when you signed up.</li>
                            <li>
                                No codes? Whoever runs this server can make you a link that works for 15 minutes: <code>bitstockerz user recover</code>.
                            </li>
                            <li>Once you are in, remove the lost passkey in Settings.</li>
                        </ol>
                    </section>
                    <p className="door-links">
                        <Link href={signInPath(to)}>Back to sign in</Link>
                    </p>
                </>
            )}
        </div>
    );
}

function CodeEntry({ link }: { link: string }): JSX.Element {
    const [code, setCode] = useState("");
    const [isLink, setLink] = useState(link !== "");
    const [work, run] = useWork();
    const submit = (): void =>
        void run(async () => {
            const written = isLink ? link : code.trim();
            if (written === "") throw mistake("code", "Enter one of your recovery codes.");
            signedIn(await recover(written));
        });
    return (
        <div className="card form">
            <Form work={work} submit={submit} what="That did not work." fields={["code"]} label="Recovery code">
                {isLink ? (
                    <p>Your recovery link works once, for a few minutes. Use it to create a new passkey.</p>
                ) : (
                    <TextField
                        label="Recovery code"
                        name="code"
                        autoComplete="off"
                        autoCapitalize="characters"
                        spellCheck={false}
                        maxLength={postAuthRecoverBounds.code.maxLength}
                        placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
                        required
                        value={code}
                        change={setCode}
                        fault={faultOf(work.error, "code")}
                        hint="One of the ten you saved at sign-up. Spaces and capitals do not matter."
                    />
                )}
                <button type="submit" className="button-primary button-wide" disabled={work.isRunning}>
                    {isLink ? "Use the link" : "Use the code"}
                </button>
                {isLink && (
                    <button type="button" className="button-wide" onClick={() => setLink(false)}>
                        Use a recovery code instead
                    </button>
                )}
            </Form>
        </div>
    );
}

function NewPasskey({ to }: { to: string }): JSX.Element {
    const [endsOthers, setEndsOthers] = useState(true);
    const [endsKeys, setEndsKeys] = useState(true);
    const [work, run] = useWork();
    const unsupported = supportFault();
    const submit = (): void =>
        void run(async () => {
            const { user } = await asUser(() => register(null, { keepsSessions: !endsOthers, keepsKeys: !endsKeys }));
            // First the address: with a whole session this page would ask for a code again.
            navigate(recoveredPath(to));
            signedIn(user);
        });
    return (
        <div className="card form">
            <Form work={work} submit={submit} what="No passkey was created." label="New passkey">
                <p role="status">
                    Accepted, and now used up. Create a new passkey to get back into your account.
                </p>
                <div className="field">
                    <label className="check">
                        <input
                            type="checkbox"
                            checked={endsOthers}
                            onChange={(event) => setEndsOthers(event.target.checked)}
                        />
                        Sign out everywhere else
                    </label>
                    <label className="check">
                        <input
                            type="checkbox"
                            checked={endsKeys}
                            onChange={(event) => setEndsKeys(event.target.checked)}
                        />
                        End all API keys; programs that use one need a new one
                    </label>
                </div>
                {unsupported !== null && <p className="banner">{unsupported}</p>}
                <button
                    type="submit"
                    className="button-primary button-wide"
                    disabled={work.isRunning || unsupported !== null}
                >
                    {work.isRunning ? "Waiting for your passkey\u2026" : "Create passkey"}
                </button>
            </Form>
        </div>
    );
}
