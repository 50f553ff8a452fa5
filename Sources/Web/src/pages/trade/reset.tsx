import type { PaperAccount } from "api-types";
import { useState } from "react";
import { resetAccount } from "../../api/trading";
import { positive, trimmed } from "../../lib/amounts";
import { faultOf, Form, mistake, MoneyField, TextField } from "../../ui/form";
import { Button, Card, Dialog, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

const word = "RESET";

/** To begin again: asked twice, for it cannot be taken back. */
export function Reset({ account }: { account: PaperAccount }): JSX.Element {
    const [isOpen, setOpen] = useState(false);
    const close = (): void => setOpen(false);
    return (
        <Card title="Begin again" className="card-danger">
            <p>
                Sells nothing and buys nothing: the account is put away as it is, and a new one begins with cash alone. Open
                orders are cancelled and runners stopped. The figures of the old one stay readable.
            </p>
            <p className="form-actions">
                <Button kind="danger" onClick={() => setOpen(true)}>
                    Reset the account…
                </Button>
            </p>
            <Dialog title="Reset the paper account?" isOpen={isOpen} close={close}>
                <Fields account={account} close={close} />
            </Dialog>
        </Card>
    );
}

function Fields({ account, close }: { account: PaperAccount; close: () => void }): JSX.Element {
    // After a lost answer the account is read again, and may be the next: what was to be ended stays the one that was seen.
    const [generation] = useState(account.generation);
    const [typed, setTyped] = useState("");
    const [balance, setBalance] = useState(trimmed(account.startingBalance, 2));
    const [work, run] = useWork();
    const submit = async (): Promise<void> => {
        const isDone = await run(async () => {
            const start = positive(balance, 2);
            if (start === null) throw mistake("starting_balance", "An amount, such as 100000.");
            if (typed.trim() !== word) throw mistake("confirm", `Type ${word} in capitals.`);
            await resetAccount(generation, start.includes(".") ? trimmed(start, 2) : `${start}.00`);
        });
        if (!isDone) return;
        close();
        toast("A new paper account has begun.");
    };
    return (
        <Form
            work={work}
            submit={() => void submit()}
            what="The account was not reset."
            fields={["starting_balance", "confirm"]}
            label="Reset the account"
        >
            <MoneyField
                label="Starting balance"
                value={balance}
                change={setBalance}
                fault={faultOf(work.error, "starting_balance")}
                hint="From 1,000.00 to 10,000,000.00"
            />
            <TextField
                label={`Type ${word} to confirm`}
                autoComplete="off"
                spellCheck={false}
                value={typed}
                change={setTyped}
                fault={faultOf(work.error, "confirm")}
                data-first
            />
            <p className="form-actions">
                <Button kind="danger" type="submit" isBusy={work.isRunning}>
                    {work.isRunning ? "Resetting…" : "Reset the account"}
                </Button>
                <Button kind="quiet" onClick={close}>
                    Cancel
                </Button>
            </p>
        </Form>
    );
}
