import "../shared";
import { Link, PageHeading } from "../ui/navigation";

export default function NotFound(): JSX.Element {
    return (
        <div className="page page-narrow">
            <PageHeading title="Not found · BitStockerz">There is no such page</PageHeading>
            <p className="lead">
                The address may be mistyped, or the page may have moved. Search a symbol above, or go on from here.
            </p>
            <p className="actions">
                <Link href="/markets" className="button button-primary">
                    Markets
                </Link>
                <Link href="/" className="button">
                    Home
                </Link>
            </p>
        </div>
    );
}
