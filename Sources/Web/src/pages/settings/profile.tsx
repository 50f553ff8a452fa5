import { patchMeBounds, type Profile } from "api-types";
import { useState } from "react";
import {
    changeProfile,
    linkProvider,
    type Provider,
    providerNames,
    readWays,
    unlinkProvider,
    type Ways,
} from "../../api/account";
import { asConfirmedUser } from "../../api/confirmed";
import { tellName } from "../../api/passkeys";
import { readProfile, signedIn } from "../../api/session";
import { type Clock, zoneName } from "../../lib/time";
import { ConfirmButton } from "../../ui/confirm";
import { faultOf, Form, mistake, TextField } from "../../ui/form";
import { FailureNotice } from "../../ui/notices";
import { useClock } from "../../ui/preferences";
import { DisplaySettings } from "../../ui/shell";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";

const roleWords = { user: "User", operator: "Operator", admin: "Administrator" };

export function ProfileSection({ profile }: { profile: Profile }): JSX.Element {
    return (
        <>
            <ProfileForm profile={profile} />
            <LinkedAccounts profile={profile} />
            <section className="card form" aria-labelledby="display-heading">
                <h2 id="display-heading">Display</h2>
                <p className="dim">Saved in this browser. Daily bars are dates, and the same in every zone.</p>
                <DisplaySettings />
                <ClockSetting />
            </section>
        </>
    );
}

function ClockSetting(): JSX.Element {
    const [clock, setClock] = useClock();
    return (
        <div className="settings">
            <label>
                Times
                <select value={clock} onChange={(event) => setClock(event.target.value as Clock)}>
                    <option value="utc">UTC</option>
                    <option value="own">This device’s time ({zoneName("own")})</option>
                </select>
            </label>
        </div>
    );
}

function ProfileForm({ profile }: { profile: Profile }): JSX.Element {
    const [email, setEmail] = useState(profile.email ?? "");
    const [name, setName] = useState(profile.displayName ?? "");
    const [isSaved, setSaved] = useState(false);
    const [work, run] = useWork();
    const change = {
        ...(email.trim() !== (profile.email ?? "") && { email: email.trim() }),
        ...(name.trim() !== (profile.displayName ?? "") && { display_name: name.trim() }),
    };
    const isChanged = Object.keys(change).length > 0;
    const submit = async (): Promise<void> => {
        setSaved(false);
        const worked = await run(async () => {
            if (change.email !== undefined && !/^[^@\s]+@[^@\s]+$/.test(change.email))
                throw mistake("email", "Enter a full email address.");
            if (change.display_name === "") throw mistake("display_name", "Enter a name.");
            const changed = await asConfirmedUser(() => changeProfile(change));
            signedIn(changed);
            tellName(changed.signal);
        });
        setSaved(worked);
    };
    return (
        <section className="card form" aria-labelledby="profile-heading">
            <h2 id="profile-heading">Profile</h2>
            <Form
                work={work}
                submit={() => void submit()}
                what="Your profile was not changed."
                fields={["email", "display_name"]}
                label="Profile"
            >
                <TextField
                    label="Name"
                    name="name"
                    autoComplete="name"
                    maxLength={patchMeBounds.display_name.maxLength}
                    value={name}
                    change={(text) => {
                        setName(text);
                        setSaved(false);
                    }}
                    fault={faultOf(work.error, "display_name")}
                />
                <TextField
                    label="Email"
                    type="email"
                    name="email"
                    autoComplete="email"
                    inputMode="email"
                    maxLength={patchMeBounds.email.maxLength}
                    value={email}
                    change={(text) => {
                        setEmail(text);
                        setSaved(false);
                    }}
                    fault={faultOf(work.error, "email")}
                    hint="Changing it asks for your passkey."
                />
                <p className="row">
                    <button type="submit" className="button-primary" disabled={work.isRunning || !isChanged}>
                        {work.isRunning ? "Saving\u2026" : "Save"}
                    </button>
                    <span role="status" className="dim">
                        {isSaved && "Saved"}
                    </span>
                </p>
            </Form>
            <dl className="facts">
                <div>
                    <dt>Role</dt>
                    <dd>{roleWords[profile.role]}</dd>
                </div>
                <div>
                    <dt>Currency</dt>
                    <dd>{profile.baseCurrency}</dd>
                </div>
                <div>
                    <dt>Member since</dt>
                    <dd>
                        <When at={profile.createdAt} />
                    </dd>
                </div>
            </dl>
        </section>
    );
}

/** Nothing at all where neither is configured and none is linked. */
function LinkedAccounts({ profile }: { profile: Profile }): JSX.Element | null {
    const [ways] = useResource<Ways>("ways", readWays);
    const [work, run] = useWork();
    const configured = ways.state === "ready" ? ways.value.providers : [];
    const shown = (Object.keys(providerNames) as Provider[]).filter(
        (provider) => configured.includes(provider) || profile.linkedProviders.includes(provider),
    );
    if (shown.length === 0) return null;
    const isLast = profile.passkeyCount + profile.linkedProviders.length <= 1;
    const link = (provider: Provider): void =>
        void run(async () => {
            const address = await asConfirmedUser(() => linkProvider(provider, "/settings"));
            location.assign(address);
        });
    const unlink = (provider: Provider): void =>
        void run(async () => {
            await asConfirmedUser(() => unlinkProvider(provider));
            signedIn(await readProfile());
        });
    return (
        <section className="card form" aria-labelledby="linked-heading">
            <h2 id="linked-heading">Linked accounts</h2>
            <p className="dim">
                Another way to sign in. The provider learns that you use this site, but not what you do here.
            </p>
            {work.error !== null && <FailureNotice what="Nothing has changed." error={work.error} />}
            <ul className="rows">
                {shown.map((provider) => {
                    const isLinked = profile.linkedProviders.includes(provider);
                    return (
                        <li key={provider}>
                            <span>
                                <b>{providerNames[provider]}</b>
                                <small>{isLinked ? "Linked" : "Not linked"}</small>
                            </span>
                            {!isLinked ? (
                                <button
                                    type="button"
                                    aria-label={`Link ${providerNames[provider]}`}
                                    disabled={work.isRunning}
                                    onClick={() => link(provider)}
                                >
                                    Link
                                </button>
                            ) : isLast ? (
                                <small>This is your only way in. Add a passkey before you unlink it.</small>
                            ) : (
                                <ConfirmButton
                                    label="Unlink"
                                    about={providerNames[provider]}
                                    question={`Stop signing in with ${providerNames[provider]}?`}
                                    yes="Unlink"
                                    isRunning={work.isRunning}
                                    run={() => unlink(provider)}
                                />
                            )}
                        </li>
                    );
                })}
            </ul>
        </section>
    );
}
