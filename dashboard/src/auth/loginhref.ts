/** Where to log in, and then back to what was asked for: an alarm's link in a mail is opened by people who are not logged in. */
export function loginHref(asked: string | null): string {
  if (asked === null || !URL.canParse(asked, "http://any")) return "/login"
  const url = new URL(asked, "http://any")
  // how Next asks for a page that is gone to by a link
  url.searchParams.delete("_rsc")
  const next = url.pathname + url.search
  return next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`
}
