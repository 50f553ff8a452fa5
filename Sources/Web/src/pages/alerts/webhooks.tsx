import { useState } from "react";
import { readWebhooks, removeWebhook, switchWebhook, testWebhook, type Webhook, webhooksKey } from "../../api/webhooks";
import { ConfirmButton } from "../../ui/confirm";
import { EmptyNotice, FailureNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { Rows } from "../../ui/rows";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { Reading } from "../trade/reading";
import { Deliveries } from "./deliveries";
import { MadeWebhook, NewWebhook } from "./new-webhook";

/** Servers of the user's own that are told whatever the user is told. */
export function Webhooks(): JSX.Element {
    const [webhooks, reload] = useResource<readonly Webhook[]>(webhooksKey, readWebhooks);
    const [made, setMade] = useState<string | null>(null);
    return (
        <Card title="Webhooks">
            <p className="dim">
                A server of yours gets each alert as a signed <code>POST</code>. Three attempts; after ten failures in a
                row it is switched off.
            </p>
            {made === null ? <NewWebhook keep={setMade} /> : <MadeWebhook secret={made} done={() => setMade(null)} />}
            <Reading found={webhooks} reload={reload} what="your webhooks">
                {(all) => (
                    <Rows
                        count={all.length}
                        none={<EmptyNotice title="No webhooks.">Alerts stay in this app.</EmptyNotice>}
                    >
                        {all.map((webhook) => (
                            <li key={webhook.id} data-testid="webhook">
                                <Row webhook={webhook} />
                            </li>
                        ))}
                    </Rows>
                )}
            </Reading>
        </Card>
    );
}

function Row({ webhook: { id, url, isActive, failures } }: { webhook: Webhook }): JSX.Element {
    const [work, run] = useWork();
    const state = !isActive
        ? failures > 0
            ? `Off after ${failures} failures`
            : "Off"
        : failures > 0
          ? `On, ${failures} failed in a row`
          : "On";
    return (
        <>
            <span>
                <b className="alerts-url">{url}</b>
                <small>{state}</small>
            </span>
            <span className="row">
                {isActive && (
                    <Button isBusy={work.isRunning} onClick={() => void run(() => testWebhook(id))}>
                        Send a test
                    </Button>
                )}
                <Button
                    aria-label={`Switch ${isActive ? "off" : "on"} ${url}`}
                    onClick={() => void run(() => switchWebhook(id, !isActive))}
                >
                    Switch {isActive ? "off" : "on"}
                </Button>
                <ConfirmButton
                    label="Remove"
                    about={url}
                    question="Its secret is gone for good, too."
                    yes="Remove webhook"
                    isRunning={work.isRunning}
                    run={() => void run(() => removeWebhook(id))}
                />
            </span>
            {work.error !== null && <FailureNotice what="Nothing was changed." error={work.error} />}
            <Deliveries webhook={id} />
        </>
    );
}
