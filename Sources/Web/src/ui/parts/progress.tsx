interface Props {
    readonly label: string;
    /** From 0 to 1; null while nobody knows. */
    readonly value: number | null;
}

export function Progress({ label, value }: Props): JSX.Element {
    const percent = value === null ? undefined : Math.round(Math.max(0, Math.min(value, 1)) * 100);
    return (
        <div
            className={value === null ? "progress progress-unknown" : "progress"}
            role="progressbar"
            aria-label={label}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
        >
            <span style={percent === undefined ? undefined : { width: `${percent}%` }} />
        </div>
    );
}
