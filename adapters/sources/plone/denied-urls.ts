/**
 * URLs that a logged-in crawl of Plone must never request, as regular expressions for the decoded path and
 * query: views that change or delete, that log in or out, that write mail, and those that lead on for ever
 * (searches, sorted and paged listings, calendars). Collected from published crawls of Plone sites.
 */
export const deniedUrls: readonly string[] = [
  // Forms and actions of the edit interface.
  "/[^/?]*_form(?:[/?]|$)",
  "/(?:createObject|select_default_page|selectViewTemplate)[^/?]*(?:[/?]|$)",
  "/(?:object|folder)_(?:cut|copy|paste|rename|delete|position)(?:[/?]|$)",
  "/(?:delete_confirmation|addtoFavorites)(?:[/?]|$)",
  "/content_status_[^/?]*(?:[/?]|$)",
  "\\+add\\+|\\+\\+add",
  "/@@(?:delete_confirmation|object_[a-z]+|manage-[^/?]*|personal-[^/?]*|search|overview-controlpanel)",
  "/(?:edit|@@edit|base_edit|atct_edit|manage|manage_[^/?]*|sharing|@@sharing)(?:[/?]|$)",
  // Sessions.
  "/(?:login|login_[^/?]*|logged_in|logged_out|logout|require_login)(?:[/?]|$)",
  // Other shapes of what is crawled already.
  "/(?:RSS|pdf\\.html|print\\.html)(?:[/?]|$)",
  // Endless spaces.
  "^/search(?:[/?]|$)",
  "[?&](?:searchterm|sort_on|b_start:int|month:int|year:int)=",
];
