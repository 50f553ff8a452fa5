import { postMeApiKeysBounds, type Profile, type Scope } from "api-types";
import { useEffect, useRef, useState } from "react";
import { type Key, listKeys, makeKey, revokeKey } from "../../api/access";
import { asConfirmedUser } from "../../api/confirmed";
import { asUser } from "../../api/session";
import { scopeWords } from "../../lib/words";
import { ConfirmButton } from "../../ui/confirm";
import { faultOf, Form, mistake, TextField } from "../../ui/form";
import { useGuard } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Rows } from "../../ui/rows";
import { CopyButton } from "../../ui/secrets";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";

export function Keys({ profile }: { profile: Profile }): JSX.Element {
    const [list, reload] = useResource<readonly Key[]>("api keys", () => asUser(listKeys));
    const [work, run] = useWork();
    const [made, setMade] = useState<string | null>(null);
    const revoke = async (key: Key): Promise<void> => {
        if (await run(() => asUser(() => revokeKey(key.id)))) reload({ isQuiet: true });
    };
    return (
        <>
            {made !== null ? (
                <MadeKey secret={made} done={() => setMade(null)} />
            ) : (
                <NewKey
                    profile={profile}
                    keep={(secret) => {
                        setMade(secret);
                        reload({ isQuiet: true });
                    }}
                />
            )}
            <section className="card form" aria-labelledby="keys-heading">
                <h2 id="keys-heading">Your keys</h2>
                {work.error !== null && <FailureNotice what="The key was not revoked." error={work.error} />}
                {list.state === "loading" && <Skeleton label="Loading your keys" lines={3} />}
                {list.state === "failed" && (
                    <FailureNotice what="Your keys did not load." error={list.error} retry={reload} />
                )}
                {list.state === "ready" && (
                    <Rows
                        count={list.value.length}
                        none={<EmptyNotice title="No keys yet.">Create one above to use the API from a program.</EmptyNotice>}
                    >
                        {list.value.map((key) => (
                            <li key={key.id}>
                                <span>
                                    <b>
                                        <bdi>{key.name}</bdi> <code>{key.prefix}…</code>
                                    </b>
                                    <small>
                                        {key.scopes.join(", ")}
                                        {" \u00B7 "}
                                        {key.expiresAt === null ? (
                                            "never expires"
                                        ) : (
                                            <>
                                                expires <When at={key.expiresAt} />
                                            </>
                                        )}
                                        {" \u00B7 "}
                                        {key.lastUsedAt === null ? (
                                            "not used yet"
                                        ) : (
                                            <>
                                                last used <When at={key.lastUsedAt} />
                                            </>
                                        )}
                                    </small>
                                </span>
                                <ConfirmButton
                                    label="Revoke"
                                    about={key.name}
                                    question="Programs that use it will stop working."
                                    yes="Revoke key"
                                    isRunning={work.isRunning}
                                    run={() => void revoke(key)}
                                />
                            </li>
                        ))}
                    </Rows>
                )}
            </section>
        </>
    );
}

const lives: readonly [number, string][] = [
    [30, "30 days"],
    [90, "90 days"],
    [365, "1 year"],
    [1_825, "5 years"],
];

function NewKey({ profile, keep }: { profile: Profile; keep: (secret: string) => void }): JSX.Element {
    const [name, setName] = useState("");
    const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
    const [days, setDays] = useState(90);
    const [work, run] = useWork();
    const fault = faultOf(work.error, "scopes");
    const submit = (): void =>
        void run(async () => {
            if (name.trim() === "") throw mistake("name", "Enter a name, so that you recognise the key later.");
            if (scopes.length === 0) throw mistake("scopes", "Choose at least one.");
            keep(await asConfirmedUser(() => makeKey({ name: name.trim(), scopes, expires_in_days: days })));
        });
    const toggle = (scope: Scope, isOn: boolean): void =>
        setScopes(profile.scopes.filter((one) => (one === scope ? isOn : scopes.includes(one))));
    return (
        <section className="card form" aria-labelledby="new-key-heading">
            <h2 id="new-key-heading">New API key</h2>
            <p className="dim">For your own programs. A key can never change your passkeys, sessions or other keys.</p>
            <Form work={work} submit={submit} what="No key was created." fields={["name", "scopes"]} label="New API key">
                <TextField
                    label="Name"
                    maxLength={postMeApiKeysBounds.name.maxLength}
                    value={name}
                    change={setName}
                    fault={faultOf(work.error, "name")}
                />
                <fieldset aria-describedby={fault === null ? undefined : "scopes-fault"}>
                    <legend>Permissions</legend>
                    {profile.scopes.map((scope) => (
                        <label key={scope} className="check">
                            <input
                                type="checkbox"
                                checked={scopes.includes(scope)}
                                aria-invalid={fault !== null}
                                onChange={(event) => toggle(scope, event.target.checked)}
                            />
                            <span>
                                <code>{scope}</code> {scopeWords[scope]}
                            </span>
                        </label>
                    ))}
                    {fault !== null && (
                        <span id="scopes-fault" className="field-fault">
                            {fault}
                        </span>
                    )}
                </fieldset>
                <div className="field">
                    <label htmlFor="key-life">Expires after</label>
                    <select id="key-life" value={days} onChange={(event) => setDays(Number(event.target.value))}>
                        {lives.map(([count, words]) => (
                            <option key={count} value={count}>
                                {words}
                            </option>
                        ))}
                    </select>
                </div>
                <p className="row">
                    <button type="submit" className="button-primary" disabled={work.isRunning}>
                        Create key
                    </button>
                </p>
            </Form>
        </section>
    );
}

function MadeKey({ secret, done }: { secret: string; done: () => void }): JSX.Element {
    const heading = useRef<HTMLHeadingElement>(null);
    const [isCopied, setCopied] = useState(false);
    useEffect(() => heading.current?.focus(), []);
    useGuard(!isCopied, "This key will not be shown again. Copy it before you leave.");
    return (
        <section className="card form" aria-labelledby="made-key-heading">
            <h2 id="made-key-heading" ref={heading} tabIndex={-1}>
                Your new key
            </h2>
            <p>
                Copy it now: it will <b>not be shown again</b>. Store it where your program reads it, and nowhere else.
            </p>
            <code className="secret" data-testid="api-key">
                {secret}
            </code>
            <p className="row">
                <CopyButton text={secret} label="Copy" copied={() => setCopied(true)} />
                <button type="button" className="button-primary" onClick={done}>
                    Done
                </button>
            </p>
        </section>
    );
}
