import { getAuthOauthByProviderStart } from "api-types";
import { type Provider, providerNames } from "../api/account";
import { linkTo } from "../api/http";
import { mayComeBackSignedIn } from "../api/session";

interface Props {
    readonly providers: readonly Provider[];
    readonly returnTo: string;
    readonly invitation?: string;
}

/** Links, not buttons: the browser itself goes to the provider and comes back. */
export function ProviderLinks({ providers, returnTo, invitation }: Props): JSX.Element | null {
    if (providers.length === 0) return null;
    const query = { return_to: returnTo, invitation: invitation || null };
    return (
        <>
            <p className="or">or</p>
            {providers.map((provider) => (
                <a
                    key={provider}
                    className="button button-wide"
                    href={linkTo(getAuthOauthByProviderStart, { path: { provider }, query })}
                    onClick={mayComeBackSignedIn}
                >
                    Continue with {providerNames[provider]}
                </a>
            ))}
        </>
    );
}
