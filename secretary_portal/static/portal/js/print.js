// A page that was asked for to be printed prints itself, once: reloading it does not print again.
export function start() {
  const address = new URL(location.href);
  address.searchParams.delete("print");
  history.replaceState(history.state, "", address);
  if (document.readyState === "complete") print();
  else addEventListener("load", () => print(), { once: true });
}
