import type { Order } from "api-types";
import { useState } from "react";
import { changeOrder } from "../../api/trading";
import { changeable, changeFields, changeFormOf, changeNames, changesOf, faultyField } from "../../lib/trading/order-change";
import { inWords, outcomeInWords } from "../../lib/trading/words";
import { faultOf, Form, mistake, NumberField } from "../../ui/form";
import { Button, Dialog, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

interface Props {
    readonly order: Order;
    readonly isOpen: boolean;
    readonly close: () => void;
}

/** Other amounts for an order that rests, as one step: it is not filled meanwhile. */
export const ChangeOrder = (props: Props): JSX.Element => (
    <Dialog title={inWords(props.order)} isOpen={props.isOpen} close={props.close}>
        <Fields {...props} />
    </Dialog>
);

function Fields({ order, close }: Props): JSX.Element {
    const [form, setForm] = useState(() => changeFormOf(order));
    const [work, run] = useWork();
    const submit = async (): Promise<void> => {
        const isDone = await run(async () => {
            const faulty = faultyField(order, form);
            if (faulty !== null) throw mistake(faulty, "A number above 0.");
            const changes = changesOf(order, form);
            if (Object.keys(changes).length === 0) return;
            const { title } = outcomeInWords(await changeOrder(order.id, changes));
            toast(title);
        });
        if (isDone) close();
    };
    return (
        <Form
            work={work}
            submit={() => void submit()}
            what="The order stays as it was."
            fields={changeFields}
            label="Change the order"
        >
            {changeable(order).map((field, index) => (
                <NumberField
                    key={field}
                    label={changeNames[field]}
                    value={form[field]}
                    change={(text) => setForm((before) => ({ ...before, [field]: text }))}
                    fault={faultOf(work.error, field)}
                    data-first={index === 0 || undefined}
                />
            ))}
            <p className="form-actions">
                <Button kind="primary" type="submit" isBusy={work.isRunning}>
                    {work.isRunning ? "Changing…" : "Change the order"}
                </Button>
                <Button kind="quiet" onClick={close}>
                    Leave it
                </Button>
            </p>
        </Form>
    );
}
