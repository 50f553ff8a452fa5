import { postWebhooksBounds } from "api-types";
import { useEffect, useRef, useState } from "react";
import { addWebhook } from "../../api/webhooks";
import { faultOf, Form, mistake, TextField } from "../../ui/form";
import { useGuard } from "../../ui/navigation";
import { Button } from "../../ui/parts";
import { CopyButton } from "../../ui/secrets";
import { useWork } from "../../ui/use-work";

export function NewWebhook({ keep }: { keep: (secret: string) => void }): JSX.Element {
    const [url, setURL] = useState("");
    const [work, run] = useWork();
    const submit = (): void =>
        void run(async () => {
            if (url.trim() === "") throw mistake("url", "Enter an address, such as https://example.org/hook.");
            keep(await addWebhook(url.trim()));
        });
    return (
        <Form work={work} submit={submit} what="No webhook was added." fields={["url"]} label="New webhook">
            <TextField
                label="Address"
                type="url"
                inputMode="url"
                autoComplete="off"
                maxLength={postWebhooksBounds.url.maxLength}
                placeholder="https://"
                value={url}
                change={setURL}
                fault={faultOf(work.error, "url")}
            />
            <p className="form-actions">
                <Button type="submit" isBusy={work.isRunning}>
                    Add webhook
                </Button>
            </p>
        </Form>
    );
}

export function MadeWebhook({ secret, done }: { secret: string; done: () => void }): JSX.Element {
    const heading = useRef<HTMLHeadingElement>(null);
    const [isCopied, setCopied] = useState(false);
    useEffect(() => heading.current?.focus(), []);
    useGuard(!isCopied, "This secret will not be shown again. Copy it before you leave.");
    return (
        <section aria-labelledby="webhook-secret">
            <h3 id="webhook-secret" ref={heading} tabIndex={-1}>
                The webhook’s secret
            </h3>
            <p>
                It signs every message and will <b>not be shown again</b>: <code>X-BitStockerz-Signature</code> is{" "}
                <code>t=TIME,v1=HMAC</code>, the HMAC-SHA-256 of <code>TIME.BODY</code> with this secret, in hex.
            </p>
            <code className="secret" data-testid="webhook-secret">
                {secret}
            </code>
            <p className="row">
                <CopyButton text={secret} label="Copy" copied={() => setCopied(true)} />
                <Button kind="primary" onClick={done}>
                    Done
                </Button>
            </p>
        </section>
    );
}
