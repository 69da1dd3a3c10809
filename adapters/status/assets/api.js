/** What the server said in place of an answer. */
function failure(status, message) {
  return Object.assign(new Error(message), { status });
}

/** Calls the API as the person who is signed in. Throws an error with the status and a message for people. */
export async function call(method, path, body) {
  const headers = { "X-Requested-With": "ocw-engine" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    throw failure(0, "The engine does not answer. It may be starting again; this page keeps trying.");
  }
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw failure(response.status, sentence(answer.detail ?? response.statusText));
  return answer;
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

/** The path of a module in the API and, after the hash, in this page. */
export function modulePath(id) {
  return id.replace(/^\//, "").split("/").map(encodeURIComponent).join("/");
}

const rank = { viewer: 0, publisher: 1, operator: 2, admin: 3 };

/** True if the person's role may do what `role` may. */
export function may(person, role) {
  return rank[person.role] >= rank[role];
}
