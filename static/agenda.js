/* An agenda's items are dragged by their handles, or moved from there by the arrow keys; without this script each has
   its two buttons. What is moved is said by the server, which answers with the agenda as it stands then. */
(() => {
  "use strict"
  const entryOf = (node) => node.closest?.(".tg-entry")
  const formOf = (entry) => entry.querySelector("form[data-place]")
  let dragged = null
  let focused = ""

  /* Where a drop at this point leads: before an entry, or to the end of a section. */
  const targetOf = (event) => {
    const section = event.target.closest?.(".tg-section")
    const entry = entryOf(event.target)
    if (!entry) return section && { section: section.dataset.section, mark: section }
    const box = entry.getBoundingClientRect()
    if (event.clientY < box.top + box.height / 2) return { before: entry, mark: entry }
    const next = entry.nextElementSibling
    return next ? { before: next, mark: next } : { section: section.dataset.section, mark: section }
  }

  const place = (entry, target) => {
    const form = formOf(entry)
    const [input, value] = target.before
      ? [form.elements.before, target.before.dataset.item]
      : [form.elements.section, target.section]
    input.disabled = false
    input.value = value
    form.requestSubmit()
  }

  const show = (root) =>
    root.querySelectorAll(".tg-handle").forEach((handle) => {
      handle.hidden = false
      handle.draggable = true
    })

  const mark = (node) => {
    document.querySelectorAll(".tg-target").forEach((each) => each.classList.remove("tg-target"))
    node?.classList.add("tg-target")
  }

  document.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key]
    if (!way || !event.target.classList.contains("tg-handle")) return
    event.preventDefault()
    const button = formOf(entryOf(event.target)).querySelector(`button[value="${way}"]`)
    if (!button.disabled) button.click()
  })

  document.addEventListener("dragstart", (event) => {
    if (!event.target.classList?.contains("tg-handle")) return
    dragged = entryOf(event.target)
    dragged.classList.add("tg-dragged")
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", dragged.dataset.item)
  })

  document.addEventListener("dragover", (event) => {
    const target = dragged && targetOf(event)
    if (!target) return
    event.preventDefault()
    mark(target.mark)
  })

  document.addEventListener("drop", (event) => {
    const target = dragged && targetOf(event)
    if (!target) return
    event.preventDefault()
    if (target.before !== dragged) place(dragged, target)
  })

  document.addEventListener("dragend", () => {
    dragged?.classList.remove("tg-dragged")
    dragged = null
    mark(null)
  })

  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement?.id
  })

  /* What had the focus keeps it; a button that is at its end now hands it to the one beside it. */
  document.addEventListener("htmx:afterSettle", () => {
    show(document)
    const last = focused && document.getElementById(focused)
    const heir = last?.disabled ? last.parentElement.querySelector("button:not(:disabled)") : last
    heir?.focus()
  })

  show(document)
})()
