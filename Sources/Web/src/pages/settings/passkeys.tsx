import { useEffect, useRef, useState } from "react";
import type { Profile } from "api-types";
import { asConfirmedUser } from "../../api/confirmed";
import {
    listPasskeys,
    makeRecoveryCodes,
    type Passkey,
    type Passkeys as List,
    register,
    removePasskey,
    renamePasskey,
} from "../../api/passkeys";
import { asUser, readProfile, signedIn } from "../../api/session";
import { counted } from "../../lib/format";
import { settingsPath } from "../../lib/routes";
import { nameOf } from "../../ui/account-menu";
import { ConfirmButton } from "../../ui/confirm";
import { faultOf, Form, mistake, TextField } from "../../ui/form";
import { Link, useQuery } from "../../ui/navigation";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { Rows } from "../../ui/rows";
import { RecoveryCodes } from "../../ui/secrets";
import { useResource } from "../../ui/use-resource";
import { useWork, type Work } from "../../ui/use-work";
import { When } from "../../ui/when";

export function Passkeys({ profile }: { profile: Profile }): JSX.Element {
    const isRecovered = new URLSearchParams(useQuery()).has("recovered");
    const [list, reload] = useResource<List>("passkeys", () => asUser(listPasskeys));
    const [work, run] = useWork();
    const [said, setSaid] = useState("");
    const change = async (action: () => Promise<unknown>, words: string): Promise<boolean> => {
        setSaid("");
        const worked = await run(action);
        if (worked) {
            setSaid(words);
            reload({ isQuiet: true });
            signedIn(await asUser(readProfile));
        }
        return worked;
    };
    return (
        <>
            {isRecovered && (
                <p className="banner" role="status">
                    You are back in, with a new passkey. Now remove the one of what you lost below, and{" "}
                    <Link href={settingsPath("sessions")}>end its sessions</Link>.
                </p>
            )}
            <section className="card form" aria-labelledby="passkeys-heading">
                <div className="card-head">
                    <h2 id="passkeys-heading">Passkeys</h2>
                    <button
                        type="button"
                        className="button-primary"
                        disabled={work.isRunning}
                        onClick={() => void change(() => asConfirmedUser(() => register(null)), "Passkey added")}
                    >
                        Add a passkey
                    </button>
                </div>
                <p className="dim">
                    Two on different devices are better than one: then losing one of them costs you nothing.
                </p>
                <p role="status" className={said ? "dim" : "visually-hidden"}>
                    {said}
                </p>
                {work.error !== null && faultOf(work.error, "name") === null && (
                    <FailureNotice what="Your passkeys have not changed." error={work.error} />
                )}
                {list.state === "loading" && <Skeleton label="Loading your passkeys" lines={3} />}
                {list.state === "failed" && (
                    <FailureNotice what="Your passkeys could not be loaded." error={list.error} retry={reload} />
                )}
                {list.state === "ready" &&
                    (list.value.passkeys.length === 0 ? (
                        <p>
                            You have none yet: you sign in with an account elsewhere. Add one to be independent of it.
                        </p>
                    ) : (
                        <Rows count={list.value.passkeys.length}>
                            {list.value.passkeys.map((passkey) => (
                                <Row
                                    key={passkey.id}
                                    passkey={passkey}
                                    isLast={list.value.passkeys.length + profile.linkedProviders.length <= 1}
                                    work={work}
                                    change={change}
                                />
                            ))}
                        </Rows>
                    ))}
            </section>
            <Codes profile={profile} />
        </>
    );
}

interface RowProps {
    readonly passkey: Passkey;
    readonly isLast: boolean;
    readonly work: Work;
    readonly change: (action: () => Promise<unknown>, words: string) => Promise<boolean>;
}

function Row({ passkey, isLast, work, change }: RowProps): JSX.Element {
    const [name, setName] = useState<string | null>(null);
    const renameButton = useRef<HTMLButtonElement>(null);
    const wasRenaming = useRef(false);
    useEffect(() => {
        if (name === null && wasRenaming.current) renameButton.current?.focus();
        wasRenaming.current = name !== null;
    }, [name]);
    const rename = async (): Promise<void> => {
        const written = (name ?? "").trim();
        const worked = await change(async () => {
            if (written === "") throw mistake("name", "Write a name.");
            await asUser(() => renamePasskey(passkey.id, written));
        }, "Passkey renamed");
        if (worked) setName(null);
    };
    if (name !== null) {
        return (
            <li>
                <Form
                    work={work}
                    submit={() => void rename()}
                    what=""
                    fields={["name"]}
                    label={`Rename ${passkey.name}`}
                >
                    <TextField
                        label="Name of the passkey"
                        maxLength={100}
                        autoFocus
                        value={name}
                        change={setName}
                        fault={faultOf(work.error, "name")}
                    />
                    <p className="row">
                        <button type="submit" className="button-primary" disabled={work.isRunning}>
                            Save
                        </button>
                        <button type="button" onClick={() => setName(null)}>
                            Cancel
                        </button>
                    </p>
                </Form>
            </li>
        );
    }
    return (
        <li>
            <span>
                <b>{passkey.name}</b>
                <small>
                    {passkey.isBackedUp ? "Synced by its password manager" : "On one device only"}
                    {" \u00B7 "}added <When at={passkey.createdAt} />
                    {" \u00B7 "}
                    {passkey.lastUsedAt === null ? (
                        "not used yet"
                    ) : (
                        <>
                            last used <When at={passkey.lastUsedAt} />
                        </>
                    )}
                </small>
                {isLast && <small>Your only way in: add another passkey before you remove it.</small>}
            </span>
            <span className="row">
                <button
                    ref={renameButton}
                    type="button"
                    aria-label={`Rename ${passkey.name}`}
                    onClick={() => setName(passkey.name)}
                >
                    Rename
                </button>
                {!isLast && (
                    <ConfirmButton
                        label="Remove"
                        about={passkey.name}
                        question="It will let nobody in any more."
                        yes="Remove it"
                        isRunning={work.isRunning}
                        run={() =>
                            void change(() => asConfirmedUser(() => removePasskey(passkey.id)), "Passkey removed")
                        }
                    />
                )}
            </span>
        </li>
    );
}

function Codes({ profile }: { profile: Profile }): JSX.Element {
    const [codes, setCodes] = useState<readonly string[] | null>(null);
    const [work, run] = useWork();
    const left = profile.recoveryCodesLeft;
    const make = (): void => void run(async () => setCodes(await asConfirmedUser(makeRecoveryCodes)));
    if (codes !== null) {
        const done = (): void => {
            setCodes(null);
            void asUser(readProfile).then(signedIn, () => undefined);
        };
        return <RecoveryCodes codes={codes} account={nameOf(profile)} done={done} />;
    }
    return (
        <section className="card form" aria-labelledby="recovery-heading">
            <div className="card-head">
                <h2 id="recovery-heading">
                    Recovery codes <small>{counted(left, "code")} left</small>
                </h2>
                {left === 0 ? (
                    <button type="button" disabled={work.isRunning} onClick={make}>
                        Make codes
                    </button>
                ) : (
                    <ConfirmButton
                        label="Make new codes"
                        about=""
                        question="The old codes stop working."
                        yes="Make new codes"
                        isRunning={work.isRunning}
                        run={make}
                    />
                )}
            </div>
            {work.error !== null && <FailureNotice what="No codes were made." error={work.error} />}
            <p className="dim">
                The way back in when every passkey is lost. If a device is lost or stolen: sign in elsewhere, remove its
                passkey above, and <Link href={settingsPath("sessions")}>end its sessions</Link>.
            </p>
        </section>
    );
}
