import type { MirrorSettings } from "../../model/mirror.ts";
import type { Amendment } from "../edition.ts";
import { amendHead } from "./amend-head.ts";
import { type ElementRule, replaceElements } from "./replace-elements.ts";

/** What no browser runs any more. */
const applets: ElementRule = {
  select: [
    "applet",
    'object[classid^="java:" i]',
    'object[classid^="clsid:8ad9c840-" i]',
    'object[type^="application/x-java" i]',
    'object[codetype^="application/java" i]',
    'embed[type^="application/x-java" i]',
  ].join(),
  notice: '<span class="ocw-copy-notice">Here stands a Java applet, which web browsers no longer run.</span>',
};

/**
 * What a mirror changes in pages besides their links. Throws `invalid-config` for a selector that cannot be
 * read.
 */
export function mirrorAmendments(options: {
  readonly settings: Pick<MirrorSettings, "onlineOnly">;
  readonly publicUrl: string;
}): readonly Amendment[] {
  return [replaceElements([...options.settings.onlineOnly, applets]), amendHead(options.publicUrl)];
}
