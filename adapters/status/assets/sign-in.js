import { call } from "./api.js";
import { h } from "./elements.js";

/** The form that exchanges a token for a session. `onSignedIn` gets the person. */
export function signInForm(onSignedIn) {
  const token = h("input", {
    id: "token",
    name: "token",
    type: "password",
    required: true,
    autocomplete: "current-password",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "token-hint sign-in-failure",
  });
  const failed = h("p.failure", { id: "sign-in-failure", role: "alert" });
  const submit = h("button.primary", "Sign in");
  const send = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    failed.textContent = "";
    try {
      onSignedIn(await call("POST", "/session", { token: token.value.trim() }));
    } catch (error) {
      failed.textContent = error.message;
      token.setAttribute("aria-invalid", "true");
      token.focus();
    } finally {
      submit.disabled = false;
    }
  };
  return h(
    "section.card.sign-in",
    h("h1", { tabindex: "-1" }, "Sign in"),
    h("p", "See what is live where, publish to staging, and promote to production."),
    h(
      "form",
      { submit: send },
      h("label", { for: "token" }, "Your token"),
      token,
      h("p.hint", { id: "token-hint" }, "Whoever runs the engine makes it with ocw-engine token create."),
      failed,
      submit,
    ),
  );
}
