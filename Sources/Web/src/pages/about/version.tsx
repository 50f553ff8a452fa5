import { readVersion } from "../../api/version";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";

export function Version(): JSX.Element {
    const [version, retry] = useResource<string>("version", readVersion);
    if (version.state === "loading") return <Skeleton label="Loading the version" lines={1} />;
    if (version.state === "failed")
        return <FailureNotice what="The version did not load." error={version.error} retry={retry} />;
    return (
        <p>
            BitStockerz <b data-testid="version">{version.value}</b>.{" "}
            <a href="/api/openapi.json">The API&rsquo;s description</a> (OpenAPI 3.1) lists every address.
        </p>
    );
}
