import { getOpenapiJson } from "api-types";
import { fields, text } from "./decode";
import { call } from "./http";

/** The release that answers here, which may be newer than this page. */
export async function readVersion(): Promise<string> {
    const { body } = await call(getOpenapiJson);
    return text(fields(body["info"], "info")["version"], "info.version");
}
