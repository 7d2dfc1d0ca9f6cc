// Runs before the page's own scripts and notes, from the beginning of the navigation, when the list shows what.
// `aria-rowcount` is the number of certificates shown and the heading.
window.seen = {}
const watch = () => {
  const table = document.querySelector('#certificate-list table')
  const shown = Number(table?.getAttribute('aria-rowcount') ?? 1) - 1
  if (document.querySelector('#certificate-list tr[aria-rowindex]')) window.seen.first ??= performance.now()
  if (shown === window.expected) window.seen.all ??= performance.now()
  if (window.seen.typed && shown === 1) window.seen.found ??= performance.now() - window.seen.typed
  requestAnimationFrame(watch)
}
requestAnimationFrame(watch)
