import type { PaperAccount } from "api-types";
import { useState } from "react";
import { changeFees } from "../../api/trading";
import { positive, trimmed } from "../../lib/amounts";
import { faultOf, Form, mistake, MoneyField, NumberField } from "../../ui/form";
import { Button, Card } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

/** What fills cost from now on. Those that were made stay as they are. */
export function Fees({ account }: { account: PaperAccount }): JSX.Element {
    const [rate, setRate] = useState(String(account.feeBps));
    const [minimum, setMinimum] = useState(trimmed(account.minFee, 2));
    const [isSaved, setSaved] = useState(false);
    const [work, run] = useWork();
    const submit = async (): Promise<void> => {
        setSaved(false);
        const worked = await run(async () => {
            const [bps, fee] = [amountOf(rate, 4), amountOf(minimum, 2)];
            if (bps === null) throw mistake("fee_bps", "A number, such as 0 or 2.5.");
            if (fee === null) throw mistake("min_fee", "An amount, such as 0 or 1.00.");
            await changeFees({ fee_bps: Number(bps), min_fee: fee });
        });
        setSaved(worked);
    };
    const edit = (set: (text: string) => void) => (text: string) => {
        set(text);
        setSaved(false);
    };
    return (
        <Card title="Fees">
            <Form work={work} submit={() => void submit()} what="The fees stay as they were." fields={["fee_bps", "min_fee"]} label="Fees">
                <div className="form-grid">
                    <NumberField
                        label="Fee"
                        suffix="bps"
                        value={rate}
                        change={edit(setRate)}
                        fault={faultOf(work.error, "fee_bps")}
                        explain="Hundredths of a percent of what is traded, on both sides. A broker’s half spread counts as well."
                    />
                    <MoneyField
                        label="At least"
                        value={minimum}
                        change={edit(setMinimum)}
                        fault={faultOf(work.error, "min_fee")}
                        explain="What a fill pays however small it is."
                    />
                </div>
                <p className="form-actions">
                    <Button type="submit" isBusy={work.isRunning}>
                        {work.isRunning ? "Saving…" : "Save the fees"}
                    </Button>
                    <span role="status" className="dim">
                        {isSaved && "Saved. They count from the next fill on."}
                    </span>
                </p>
            </Form>
        </Card>
    );
}

/** Nothing is an amount, too. */
const amountOf = (text: string, digits: number): string | null =>
    /^0+(\.0*)?$/.test(text.trim()) ? "0" : positive(text, digits);
