// Where the pages are. In a replay every page leads to pages of the same replay.

/** The id of the replay this page shows; null where it shows what is live. */
export const replay = new URLSearchParams(location.search).get("replay");

/** The address says `name` no longer: somebody chose otherwise by hand. */
export function unsay(name) {
  const url = new URL(location.href);
  if (!url.searchParams.has(name)) return;
  url.searchParams.delete(name);
  history.replaceState(null, "", url);
}

/** A page's address. */
export const to = (path) => (replay ? `${path}?replay=${encodeURIComponent(replay)}` : path);

/** The address of a room's page, or of one below it; all rooms together have no page but the alerts'. */
export const toRoom = (room, below = "") => to(room ? `/rooms/${encodeURIComponent(room)}${below}` : "/alerts");
