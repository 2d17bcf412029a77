// The portal's scripts. Every page works without them; each finds by a data attribute what it makes easier.
import { alerts } from "./alerts.js";
import { countdown } from "./countdown.js";
import { dialogs } from "./dialogs.js";
import { drafts } from "./drafts.js";
import { focus } from "./focus.js";
import { idle } from "./idle.js";
import { keys } from "./keys.js";
import { mask } from "./mask.js";
import { palette } from "./palette.js";
import { panel } from "./panel.js";
import { poll } from "./poll.js";
import { rows } from "./rows.js";
import { theme } from "./theme.js";
import { toasts } from "./toasts.js";

const STARTS = [alerts, toasts, focus, dialogs, drafts, panel, palette, rows, keys, mask, poll, idle, theme, countdown];
for (const start of STARTS) start();

// Loaded only by the pages that carry the attribute.
const LATER = {
  "[data-board]": async () => (await import("./board.js")).start(),
  "[data-board][data-move]": async () => (await import("./drag.js")).drag(),
  "[data-call], .take": async () => (await import("./call.js")).call(),
  "[data-print-now]": async () => (await import("./print.js")).start(),
  "[data-passkey]": async () => (await import("./passkey.js")).start(),
  "[data-glass]": async () => (await import("./glass.js")).start(),
  "[data-finder]": async () => (await import("./finder.js")).finder(),
};
for (const [selector, load] of Object.entries(LATER)) {
  if (document.querySelector(selector)) load();
}
