/* Small pictures beside words; the words carry the meaning. */

const stroke = {
    fill: "none",
    stroke: "currentColor",
    strokeWidth: 1.8,
    strokeLinecap: "round",
    strokeLinejoin: "round",
} as const;

export const Logo = (): JSX.Element => (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" className="logo">
        <rect width="32" height="32" rx="7" className="logo-ground" />
        <path d="M9 6h2v4h2v11h-2v5H9v-5H7V10h2z" className="logo-bar" opacity=".72" />
        <path d="M21 5h2v5h2v10h-2v6h-2v-6h-2V10h2z" className="logo-bar" />
    </svg>
);

export const SearchIcon = (): JSX.Element => (
    <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" {...stroke}>
        <circle cx="9" cy="9" r="5.5" />
        <path d="M13.2 13.2 17 17" />
    </svg>
);

export const CloseIcon = (): JSX.Element => (
    <svg viewBox="0 0 20 20" width="14" height="14" aria-hidden="true" {...stroke}>
        <path d="m5 5 10 10M15 5 5 15" />
    </svg>
);

export const DownloadIcon = (): JSX.Element => (
    <svg viewBox="0 0 20 20" width="15" height="15" aria-hidden="true" {...stroke}>
        <path d="M10 3v9.5M6 9l4 4 4-4M4 16.5h12" />
    </svg>
);

export const InfoIcon = (): JSX.Element => (
    <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" {...stroke}>
        <circle cx="10" cy="10" r="7.2" />
        <path d="M10 9.2v4.3M10 6.4v.2" />
    </svg>
);

export const ArrowIcon = (): JSX.Element => (
    <svg viewBox="0 0 20 20" width="15" height="15" aria-hidden="true" {...stroke}>
        <path d="M4 10h12M11 5l5 5-5 5" />
    </svg>
);

/** The mark that the licence of Lightweight Charts asks for, drawn here as the library's own needs inline style. */
export const TradingViewMark = (): JSX.Element => (
    <svg viewBox="0 0 35 19" width="32" height="17" aria-hidden="true" fill="currentColor">
        <path d="M14 2H2v6h6v9h6V2Zm12 15h-7l6-15h7l-6 15Zm-7-9a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z" />
    </svg>
);

const Picture = ({ path }: { path: string }): JSX.Element => (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" {...stroke}>
        <path d={path} />
    </svg>
);

export const HomeIcon = (): JSX.Element => <Picture path="M3.5 9 10 3.5 16.5 9v7.5h-4.5V12H8v4.5H3.5z" />;
export const MarketsIcon = (): JSX.Element => <Picture path="M6 3v3m0 7v4M4 6h4v7H4zm10-4v3m0 8v3M12 5h4v8h-4z" />;
export const StrategiesIcon = (): JSX.Element => <Picture path="M4 5h12M4 10h7M4 15h9M14.5 8.5v6M11.5 11.5h6" />;
export const BacktestsIcon = (): JSX.Element => <Picture path="M3 16.5h14M3 13l4.5-5 3.5 3 6-7.5M13.5 3.5H17V7" />;
export const TradeIcon = (): JSX.Element => <Picture path="M3.5 7h11m0 0-3-3m3 3-3 3M16.5 13h-11m0 0 3-3m-3 3 3 3" />;
export const BellIcon = (): JSX.Element => <Picture path="M5 14V9.5a5 5 0 0 1 10 0V14l1.5 1.5h-13zM8.2 17.5h3.6M10 4.5V3" />;
export const DataIcon = (): JSX.Element => (
    <Picture path="M4 5.5c0-1.4 2.7-2.5 6-2.5s6 1.1 6 2.5S13.3 8 10 8 4 6.9 4 5.5zm0 0v9c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5v-9M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5" />
);
export const SettingsIcon = (): JSX.Element => (
    <Picture path="M3 6h8m4 0h2M3 14h2m4 0h8M13 4v4M7 12v4" />
);
export const AboutIcon = (): JSX.Element => <Picture path="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-7.5V13m0-6.2v.2" />;
export const CalendarIcon = (): JSX.Element => <Picture path="M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5" />;
export const PlusIcon = (): JSX.Element => <Picture path="M10 4v12M4 10h12" />;
export const TrashIcon = (): JSX.Element => <Picture path="M4 6h12M8 6V4h4v2M6 6l.7 10.5h6.6L14 6M8.6 9v5M11.4 9v5" />;
export const CopyIcon = (): JSX.Element => <Picture path="M7 7h9v9H7zM4 13V4h9" />;
export const UpIcon = (): JSX.Element => <Picture path="M10 16V5M5.5 9.5 10 5l4.5 4.5" />;
export const DownIcon = (): JSX.Element => <Picture path="M10 4v11M5.5 10.5 10 15l4.5-4.5" />;
export const UndoIcon = (): JSX.Element => <Picture path="M4 8h8a4 4 0 0 1 0 8H8M7 4.5 3.5 8 7 11.5" />;
export const RedoIcon = (): JSX.Element => <Picture path="M16 8H8a4 4 0 0 0 0 8h4M13 4.5 16.5 8 13 11.5" />;
export const StarIcon = ({ isFull }: { isFull: boolean }): JSX.Element => (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" {...stroke} fill={isFull ? "currentColor" : "none"}>
        <path d="m10 3 2.2 4.5 4.9.7-3.6 3.4.9 4.9L10 14.2l-4.4 2.3.9-4.9L2.9 8.2l4.9-.7z" />
    </svg>
);
