import { useState } from "react";
import type { Checklist } from "api-types";
import { firstSteps, type Step } from "../../lib/first-steps";
import { settingsPath } from "../../lib/routes";
import { keep, keptOf } from "../../ui/kept";
import { Link } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Card, Notice } from "../../ui/parts";
import type { WidgetProps } from "./widget";

const mark = "first-steps-hidden";

/** Until all are done, or the user has had enough of them. */
export function FirstSteps({ part, retry }: WidgetProps<Checklist>): JSX.Element | null {
    const [isHidden, setHidden] = useState(() => keptOf(mark) !== null);
    if ("error" in part) {
        return isHidden ? null : (
            <FailureNotice what="Your first steps did not load." error={part.error} retry={retry} />
        );
    }
    const steps = firstSteps(part.value);
    const done = steps.filter(({ isDone }) => isDone).length;
    const hide = (): void => {
        setHidden(true);
        keep(mark, { isHidden: true });
    };
    return (
        <>
            {part.value.recoveryCodesLeft === 0 && (
                <Notice tone="warning" title="You have no recovery codes left.">
                    If you lose your passkeys, you lose your account.{" "}
                    <Link href={settingsPath("passkeys")}>Create new codes</Link>
                </Notice>
            )}
            {done < steps.length && !isHidden && (
                <Card
                    title={
                        <>
                            Get started <small>{`${done} of ${steps.length} done`}</small>
                        </>
                    }
                    actions={
                        <Button kind="quiet" onClick={hide}>
                            Hide
                        </Button>
                    }
                    className="first-steps"
                >
                    <ol>
                        {steps.map((step) => (
                            <Item key={step.title} step={step} />
                        ))}
                    </ol>
                </Card>
            )}
        </>
    );
}

const Item = ({ step: { title, detail, href, isDone } }: { step: Step }): JSX.Element => (
    <li className={isDone ? "step-done" : undefined}>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle cx="10" cy="10" r="8" />
            {isDone && <path d="m6.4 10.2 2.4 2.4 4.8-5" />}
        </svg>
        <span>
            {isDone ? (
                <>
                    <b>{title}</b> <span className="visually-hidden">(done)</span>
                </>
            ) : (
                <Link href={href}>{title}</Link>
            )}
            <small>{detail}</small>
        </span>
    </li>
);
