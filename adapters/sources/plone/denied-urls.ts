/**
 * URLs that a logged-in crawl of Plone must never request, as regular expressions for the decoded path and
 * query: views that change or delete, that log in or out, that write mail, and those that lead on for ever
 * (searches, sorted and paged listings, calendars). Collected from published crawls of Plone sites.
 */
export const deniedUrls: readonly string[] = [
  // Forms and actions of the edit interface.
  "/[^/?]*_form(?:[/?]|$)",
  "/(?:createObject|select_default_page|selectViewTemplate)[^/?]*(?:[/?]|$)",
  "/(?:object|folder)_(?:cut|copy|paste|rename|delete|position|publish|contents|factories)(?:[/?]|$)",
  "/(?:delete_confirmation|addtoFavorites)(?:[/?]|$)",
  "/content_status_[^/?]*(?:[/?]|$)",
  "\\+add\\+",
  "/@@(?:delete_confirmation|object_[a-z]+|manage-[^/?]*|personal-[^/?]*|search|overview-controlpanel)",
  "/@@(?:folder_contents|historyview|contact-info|register|confirm-action)(?:[/?]|$)",
  "/(?:edit|@@edit|base_edit|atct_edit|manage|manage_[^/?]*|sharing|@@sharing)(?:[/?]|$)",
  "/(?:portal_factory|placeful_workflow_configuration|plone_control_panel|prefs_[^/?]*)(?:[/?]|$)",
  "/(?:kssactions|sendto|mail_password)(?:[/?]|$)",
  // Sessions.
  "/(?:@@)?(?:login|login_[^/?]*|logged_in|logged_out|logout|require_login)(?:[/?]|$)",
  "[?&](?:_authenticator|_ZopeId|portal_status_message|set_language|came_from|__ac_name|__ac_password)=",
  // Other shapes of what is crawled already.
  "/(?:RSS|pdf\\.html|print\\.html|search_rss|vcs_view|ics_view)(?:[/?]|$)",
  // Endless spaces.
  "^/search(?:[/?]|$)",
  "[?&](?:searchterm|SearchableText|sort_(?:on|order)|reversed|b_start(?::int)?|month:int|year:int)=",
];
