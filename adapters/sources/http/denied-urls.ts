/**
 * URLs that a crawl of a web site should never request, as regular expressions for the decoded path and
 * query: where people log in, write or administer, and what leads on for ever (searches, sorted listings,
 * calendars, session marks).
 */
export const deniedUrls: readonly string[] = [
  // As the last name only: a folder called login may hold pages about it.
  "/(?:login|log-in|logout|log-out|signin|sign-in|signout|sign-out|register|cart|checkout)/?(?:\\?|$)",
  "/(?:manage|edit|delete|search)/?(?:\\?|$)",
  "/(?:admin|administrator|wp-admin|wp-login\\.php)(?:[/?]|$)",
  "[?&](?:action|do|replytocom|share|print|preview)=",
  "[?&](?:s|q|search|sort|sort_by|sort_on|order|orderby|dir)=",
  "[?&](?:year|month|week|day|date)=",
  "[?&;](?:sid|session|sessionid|phpsessid|PHPSESSID|jsessionid)=",
];
