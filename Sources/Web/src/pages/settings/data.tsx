import { deleteMeBounds, type Profile } from "api-types";
import { useState } from "react";
import { deleteAccount, exportAccount } from "../../api/account";
import { asConfirmedUser } from "../../api/confirmed";
import { asUser, signedOut } from "../../api/session";
import { faultOf, Form, mistake, TextField } from "../../ui/form";
import { DownloadIcon } from "../../ui/icons";
import { navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { saveFile } from "../../ui/save-file";
import { useWork } from "../../ui/use-work";

export function Data({ profile }: { profile: Profile }): JSX.Element {
    return (
        <>
            <Export />
            <Deletion profile={profile} />
        </>
    );
}

function Export(): JSX.Element {
    const [work, run] = useWork();
    const download = (): void =>
        void run(async () => saveFile("bitstockerz-account.json", "application/json", await asUser(exportAccount)));
    return (
        <section className="card form" aria-labelledby="export-heading">
            <h2 id="export-heading">Export your data</h2>
            <p className="dim">
                Profile, passkeys, sessions, keys, strategies with every version, backtests and events, in one JSON
                file. It contains no secrets.
            </p>
            {work.error !== null && <FailureNotice what="The export failed." error={work.error} />}
            <p className="row">
                <button type="button" disabled={work.isRunning} onClick={download}>
                    <DownloadIcon /> {work.isRunning ? "Preparing\u2026" : "Download everything"}
                </button>
            </p>
        </section>
    );
}

function Deletion({ profile }: { profile: Profile }): JSX.Element {
    const [email, setEmail] = useState("");
    const [work, run] = useWork();
    const own = profile.email ?? "";
    const submit = async (): Promise<void> => {
        const worked = await run(async () => {
            if (email.trim().toLowerCase() !== own.toLowerCase()) throw mistake("email", `Type ${own} to continue.`);
            await asConfirmedUser(() => deleteAccount(email.trim()));
        });
        if (!worked) return;
        navigate("/sign-in?deleted");
        signedOut({ hasEnded: false });
    };
    return (
        <section className="card card-danger form" aria-labelledby="delete-heading">
            <h2 id="delete-heading">Delete your account</h2>
            <p>
                This deletes your name, email, passkeys, keys, sessions and strategies at once. It cannot be undone. The audit log stays, without your name.
            </p>
            <Form
                work={work}
                submit={() => void submit()}
                what="Nothing was deleted."
                fields={["email"]}
                label="Delete your account"
            >
                {own !== "" && (
                    <TextField
                        label={`Type ${own} to confirm`}
                        autoComplete="off"
                        spellCheck={false}
                        autoCapitalize="off"
                        maxLength={deleteMeBounds.email.maxLength}
                        value={email}
                        change={setEmail}
                        fault={faultOf(work.error, "email")}
                    />
                )}
                <p className="row">
                    <button type="submit" className="button-danger" disabled={work.isRunning}>
                        {work.isRunning ? "Deleting\u2026" : "Delete my account"}
                    </button>
                </p>
            </Form>
        </section>
    );
}
