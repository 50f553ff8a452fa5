/** Beside everything that trades: nobody takes it for real money. */
export const PaperMark = (): JSX.Element => (
    <span className="paper-mark" title="Simulated money. No order leaves this server.">
        Paper
    </span>
);
