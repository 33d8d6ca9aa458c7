/* A block from a spreadsheet, pasted into a grid of inputs, spreads right and down from where it is pasted.
   Enter goes to the figure below, Shift and Enter to the one above. Without this script the page has a field for it. */
(() => {
  "use strict"
  const columns = ["value", "numerator", "denominator", "note"]
  const columnOf = (input) => columns.indexOf(input.name.split("-").pop())
  const rowsOf = (grid) =>
    [...grid.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("input")]).filter((row) => row.length)
  const inputAt = (row, column) => row?.find((input) => columnOf(input) === column)
  const linesOf = (text) => text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"))

  document.querySelectorAll("[data-grid]").forEach((grid) => {
    const rows = rowsOf(grid)
    const placeOf = (input) => [rows.findIndex((row) => row.includes(input)), columnOf(input)]

    grid.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain")
      const [top, left] = placeOf(event.target)
      if (top < 0 || !/[\t\n]/.test(text.trim())) return
      event.preventDefault()
      linesOf(text).forEach((line, down) =>
        line.forEach((cell, right) => {
          const input = inputAt(rows[top + down], left + right)
          if (input) input.value = cell.trim()
        }),
      )
    })

    grid.addEventListener("keydown", (event) => {
      const [top, left] = placeOf(event.target)
      if (event.key !== "Enter" || top < 0) return
      event.preventDefault()
      const step = event.shiftKey ? -1 : 1
      let next = top + step
      while (rows[next] && !inputAt(rows[next], left)) next += step
      inputAt(rows[next], left)?.focus()
    })
  })
})()
