import { Component, type ReactNode } from "react";

interface State {
    readonly error: unknown;
}

/** Shows one clear message when a page cannot be drawn or its code cannot be fetched, for instance after an update. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
    override state: State = { error: null };

    static getDerivedStateFromError(error: unknown): State {
        return { error };
    }

    override render(): ReactNode {
        if (this.state.error === null) return this.props.children;
        const reason = this.state.error instanceof Error ? this.state.error.message : String(this.state.error);
        return (
            <div className="page">
                <h1>This page could not be shown</h1>
                <div role="alert" className="notice notice-failure">
                    <div>
                        You may be offline, or BitStockerz may have been updated since you opened it. Loading it again
                        usually helps.
                        <p className="request-id">
                            <code>{reason}</code>
                        </p>
                    </div>
                    <button type="button" onClick={() => location.reload()}>
                        Load again
                    </button>
                </div>
            </div>
        );
    }
}
