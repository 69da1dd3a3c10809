/**
 * What every page has beyond its content. `calendar`: a month, with links to the months around it.
 * `sort-links`: the page's own listing, sorted and in batches. `session-ids`: a link to the page itself with
 * a new session id each time. `edit-links`: all that Plone offers an editor, `editorViews`. `noise`: a token
 * and a date, new with each request. `acquisition`: pages take the address they are asked at for their own,
 * and link onward relatively, so that every page stands at endlessly many addresses.
 */
export type CmsTrait = "calendar" | "sort-links" | "session-ids" | "edit-links" | "noise" | "acquisition";
