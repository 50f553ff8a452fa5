import type { ReactNode } from "react";
import type { Part } from "../../api/dashboard";
import { FailureNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";

export interface WidgetProps<T> {
    readonly part: Part<T>;
    readonly retry: () => void;
}

interface Props<T> extends WidgetProps<T> {
    readonly title: string;
    /** What is said when it could not be had, as a sentence. */
    readonly fault: string;
    readonly actions?: ReactNode;
    readonly isFlush?: boolean;
    readonly children: (value: T) => ReactNode;
}

/** One part of the dashboard: what it shows, or why it cannot. The others do not mind. */
export const Widget = <T,>({ part, retry, title, fault, actions, isFlush = false, children }: Props<T>): JSX.Element => (
    <Card title={title} actions={actions} isFlush={isFlush && "value" in part}>
        {"value" in part ? children(part.value) : <FailureNotice what={fault} error={part.error} retry={retry} />}
    </Card>
);
