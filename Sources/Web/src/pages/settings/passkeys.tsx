import { useEffect, useRef, useState } from "react";
import { patchMePasskeysByIdBounds, type Profile } from "api-types";
import { invalidate } from "../../api/cache";
import { asConfirmedUser } from "../../api/confirmed";
import {
    listPasskeys,
    makeRecoveryCodes,
    passkeysKey,
    type Passkey,
    type Passkeys as List,
    register,
    removePasskey,
    renamePasskey,
} from "../../api/passkeys";
import { asUser, readProfile, signedIn } from "../../api/session";
import { counted } from "../../lib/format";
import { distinctNames, whereKept } from "../../lib/passkey-names";
import { returnPath, settingsPath } from "../../lib/routes";
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
    const query = useQuery();
    const isRecovered = new URLSearchParams(query).has("recovered");
    const to = returnPath(query);
    const [list, reload] = useResource<List>(passkeysKey, () => asUser(listPasskeys));
    const [work, run] = useWork();
    const [said, setSaid] = useState("");
    const change = async (action: () => Promise<unknown>, words: string): Promise<boolean> => {
        setSaid("");
        const worked = await run(action);
        if (worked) {
            setSaid(words);
            invalidate(passkeysKey);
            signedIn(await asUser(readProfile));
        }
        return worked;
    };
    const passkeys = list.state === "ready" ? list.value.passkeys : [];
    const names = distinctNames(passkeys);
    const newest = Math.max(...passkeys.map(({ createdAt }) => createdAt));
    return (
        <>
            {isRecovered && (
                <p className="banner" role="status">
                    <span>
                        You are back in, with a new passkey. Remove the passkey of the device you lost, and{" "}
                        <Link href={settingsPath("sessions")}>sign out its sessions</Link>.
                        {to !== "/" && (
                            <>
                                {" "}
                                Then <Link href={to}>carry on where you left off</Link>.
                            </>
                        )}
                    </span>
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
                    Keep two, on different devices, so that losing one does not lock you out.
                </p>
                <p role="status" className={said ? "dim" : "visually-hidden"}>
                    {said}
                </p>
                {work.error !== null && faultOf(work.error, "name") === null && (
                    <FailureNotice what="Your passkeys have not changed." error={work.error} />
                )}
                {list.state === "loading" && <Skeleton label="Loading your passkeys" lines={3} />}
                {list.state === "failed" && (
                    <FailureNotice what="Your passkeys did not load." error={list.error} retry={reload} />
                )}
                {list.state === "ready" &&
                    (list.value.passkeys.length === 0 ? (
                        <p>
                            No passkeys yet. You sign in through another account; add a passkey so that you do not depend on it.
                        </p>
                    ) : (
                        <Rows count={list.value.passkeys.length}>
                            {list.value.passkeys.map((passkey) => (
                                <Row
                                    key={passkey.id}
                                    passkey={passkey}
                                    called={names.get(passkey.id) ?? passkey.name}
                                    isNew={isRecovered && passkey.createdAt === newest}
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
    /** Its name, and more where another has the same. */
    readonly called: string;
    /** The one that a recovery has just brought. */
    readonly isNew: boolean;
    readonly isLast: boolean;
    readonly work: Work;
    readonly change: (action: () => Promise<unknown>, words: string) => Promise<boolean>;
}

function Row({ passkey, called, isNew, isLast, work, change }: RowProps): JSX.Element {
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
            if (written === "") throw mistake("name", "Enter a name.");
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
                    label={`Rename ${called}`}
                >
                    <TextField
                        label="Passkey name"
                        maxLength={patchMePasskeysByIdBounds.name.maxLength}
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
                <b>
                    {called}
                    {isNew && <span className="badge">New</span>}
                </b>
                <small>
                    {whereKept(passkey)}
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
                {isLast && <small>This is your only way in. Add another passkey before you remove it.</small>}
            </span>
            <span className="row">
                <button
                    ref={renameButton}
                    type="button"
                    aria-label={`Rename ${called}`}
                    onClick={() => setName(passkey.name)}
                >
                    Rename
                </button>
                {!isLast && (
                    <ConfirmButton
                        label="Remove"
                        about={called}
                        question="It will no longer sign you in."
                        yes="Remove passkey"
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
    const make = (): void => void run(async () => {
            setCodes(await asConfirmedUser(makeRecoveryCodes));
            invalidate(passkeysKey);
        });
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
                        Create codes
                    </button>
                ) : (
                    <ConfirmButton
                        label="Create new codes"
                        about=""
                        question="Your old codes will stop working."
                        yes="Create new codes"
                        isRunning={work.isRunning}
                        run={make}
                    />
                )}
            </div>
            {work.error !== null && <FailureNotice what="No codes were created." error={work.error} />}
            <p className="dim">
                They get you back in if you lose every passkey. If a device is lost or stolen, sign in elsewhere, remove its passkey above and <Link href={settingsPath("sessions")}>sign out its sessions</Link>.
            </p>
        </section>
    );
}
