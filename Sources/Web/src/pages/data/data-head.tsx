/* The head of every room about data, with the ways between them. */
import type { ReactNode } from "react";
import { Link, PageHeading, usePath } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { useAccount } from "../../ui/use-account";

const ways = [
    ["/data", "Series"],
    ["/data/import", "Import"],
    ["/data/sources", "Sources"],
    ["/data/jobs", "Jobs"],
] as const;

interface Props {
    readonly title: string;
    /** One sentence. */
    readonly children: ReactNode;
}

export function DataHead({ title, children }: Props): JSX.Element {
    const path = usePath();
    return (
        <div className="page-head">
            <div>
                <PageHeading title={`${title} · BitStockerz`}>{title}</PageHeading>
                <p className="sub" role="status">
                    {children}
                </p>
            </div>
            <nav aria-label="Data" className="data-nav">
                {ways.map(([href, label]) => (
                    <Link key={href} href={href} className="button" aria-current={href === path ? "page" : undefined}>
                        {label}
                    </Link>
                ))}
            </nav>
        </div>
    );
}

/** Whether the reader may bring prices in and dismiss what was found. */
export function useMayImport(): boolean {
    const account = useAccount();
    return account.state === "signed-in" && account.profile.scopes.includes("ingest");
}

export const OperatorsOnly = (): JSX.Element => (
    <EmptyNotice title="Operators bring prices in.">
        Your account cannot. Whoever runs this server can make you an operator.
    </EmptyNotice>
);
