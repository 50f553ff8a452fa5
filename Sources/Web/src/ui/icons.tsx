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
