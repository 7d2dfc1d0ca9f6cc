// Runs before the page's own scripts and notes, from the beginning of the navigation, when the list shows what. `window.list` says which:
// `id` of the element that scrolls it, its `lines`, and how many lines are `left` by the filter. `aria-rowcount` counts them and the heading.
window.seen = {}
const watch = () => {
  const table = document.querySelector(`#${window.list.id} table`)
  const shown = Number(table?.getAttribute('aria-rowcount') ?? 1) - 1
  if (document.querySelector(`#${window.list.id} tr[aria-rowindex]`)) window.seen.first ??= performance.now()
  if (shown === window.list.lines) window.seen.all ??= performance.now()
  if (window.seen.typed && shown === window.list.left) window.seen.found ??= performance.now() - window.seen.typed
  requestAnimationFrame(watch)
}
requestAnimationFrame(watch)
